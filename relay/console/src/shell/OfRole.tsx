// A screen for a role: anybody else who comes by its address is told whose it is. (The relay refuses them anyway.)
import { Problem } from '@comptoir/kit';
import type { ReactNode } from 'react';
import type { Role } from '../api/client';
import type { OwnId } from '../words/catalogue';
import { useWords } from '../words/useWords';
import { Refused } from './Refused';
import { useMay } from './role';

export function OfRole({ role, name, children }: { role: Role; name: OwnId; children: ReactNode }) {
  const words = useWords();
  return useMay(role) ? children : <Refused title={words.text(name)} error={new Problem('not-granted')} />;
}
