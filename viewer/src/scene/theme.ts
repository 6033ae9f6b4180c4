/** The colours of what is not measured: sky, ground and plain buildings, by day and in the dark. */
export interface Theme {
  zenith: string;
  horizon: string;
  ground: string;
  line: string;
  shadow: number;
  block: string;
  edge: string;
  water: string;
  green: string;
  street: string;
}

export const THEMES: Record<'light' | 'dark', Theme> = {
  light: {
    zenith: '#b9cbd6',
    horizon: '#f1ece1',
    ground: '#e6dfd0',
    line: '#a89c86',
    shadow: 0.5,
    block: '#f4ebd9',
    edge: '#b3a68e',
    water: '#b3cbcf',
    green: '#cdd5b4',
    street: '#f5efe2',
  },
  dark: {
    zenith: '#0c131b',
    horizon: '#393733',
    ground: '#272a2b',
    line: '#4c5256',
    shadow: 0.6,
    block: '#464643',
    edge: '#6d6c66',
    water: '#1c2f3a',
    green: '#26332b',
    street: '#3b3c3b',
  },
};
