// From a problem that a look at what is stored may explain or mend, the way to that look.
import { useQueryClient } from '@tanstack/react-query';
import { keys } from '../api/queries';
import { paths, PlaceLink } from '../place/place';
import type { Lead } from '../problem/leads';
import { useWords } from '../words/useWords';

const LEADS_TO_REPAIR = new Set(['damaged', 'internal', 'storage-failed']);

export const repairLead: Lead = (problem) => (LEADS_TO_REPAIR.has(problem.code) ? <RepairLink /> : null);

function RepairLink() {
  const words = useWords();
  const client = useQueryClient();
  // Who is not signed in cannot get there.
  if (window.location.pathname === paths.repair || client.getQueryData(keys.status) === undefined) return null;
  return <PlaceLink to={paths.repair}>{words.text('repair.title')}</PlaceLink>;
}
