/** Sends a visitor's report. */

/** Why it was not taken in, by the answer's status; 0: there was none. */
const PROBLEMS: Readonly<Record<number, string>> = {
  0: 'offline',
  408: 'slow',
  413: 'large',
  415: 'kind',
  422: 'kind',
  429: 'throttled',
  503: 'busy',
  507: 'full',
};

/** What the server says of a report that it has taken in. */
export interface Sent {
  code: string;
  /** Seconds since 1970. */
  due: number;
  /** Whether the photo said where it was taken; null where that was not wished. */
  located: boolean | null;
}

/**
 * What became of it: taken in, or why not. With the same `once` it is the same report, however often it is sent. `onShare` is told how much has been sent, 0..1; of all means only this one tells.
 */
export function posted(
  address: string,
  body: FormData,
  once: string,
  onShare: (share: number) => void,
): Promise<Sent | string> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', address);
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('Idempotency-Key', once);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => onShare(total > 0 ? loaded / total : 0);
    request.onloadend = () => {
      const { status, response } = request;
      resolve(status === 201 && response ? (response as Sent) : (PROBLEMS[status] ?? 'failed'));
    };
    request.send(body);
  });
}
