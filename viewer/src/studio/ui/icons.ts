/** Icons that only the studio has. */
import type { TemplateResult } from 'lit';
import account from 'lucide-static/icons/circle-user.svg?raw';
import upload from 'lucide-static/icons/cloud-upload.svg?raw';
import eye from 'lucide-static/icons/eye.svg?raw';
import folder from 'lucide-static/icons/folder-open.svg?raw';
import grip from 'lucide-static/icons/grip-vertical.svg?raw';
import hand from 'lucide-static/icons/hand.svg?raw';
import history from 'lucide-static/icons/history.svg?raw';
import leave from 'lucide-static/icons/log-out.svg?raw';
import reports from 'lucide-static/icons/message-square-warning.svg?raw';
import mic from 'lucide-static/icons/mic.svg?raw';
import edit from 'lucide-static/icons/pencil.svg?raw';
import redo from 'lucide-static/icons/redo-2.svg?raw';
import release from 'lucide-static/icons/rocket.svg?raw';
import stop from 'lucide-static/icons/square.svg?raw';
import people from 'lucide-static/icons/users.svg?raw';
import { ownIcon } from '../../ui/icons.ts';

const OWN = {
  account,
  people,
  reports,
  upload,
  edit,
  eye,
  folder,
  grip,
  history,
  hand,
  leave,
  mic,
  redo,
  release,
  stop,
} as const;
export type OwnIcon = keyof typeof OWN;

export const studioIcon = (name: OwnIcon): TemplateResult => ownIcon(OWN[name]);
