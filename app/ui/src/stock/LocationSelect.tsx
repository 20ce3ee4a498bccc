// Where goods are put, or taken from: the locations of this site. Owns which one was chosen last in this browser.
import { Select } from '@mantine/core';
import { statusQuery, useWords } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { locationsQuery, type OwnLocation } from './queries';

const KEY = 'comptoir.stock.location';

export function lastLocation(): string {
  try {
    return localStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}

export function rememberLocation(id: string): void {
  try {
    localStorage.setItem(KEY, id);
  } catch {
    // It is chosen again the next time.
  }
}

export function useOwnLocations(): { site: string; locations: OwnLocation[] | undefined; error: unknown } {
  const status = useQuery(statusQuery);
  const site = status.data?.site ?? '';
  const locations = useQuery(locationsQuery(site));
  return { site, locations: locations.data, error: locations.error };
}

interface LocationSelectProps {
  label: string;
  value: string;
  change: (id: string) => void;
  autoFocus?: boolean;
}

export function LocationSelect({ label, value, change, autoFocus = false }: LocationSelectProps) {
  const words = useWords();
  const { locations } = useOwnLocations();
  const named = (location: OwnLocation) =>
    [location.code, location.name, location.kind === 'quarantine' ? words.text('stock.quarantine') : ''].filter((part) => part !== '').join(' · ');
  return (
    <Select
      size="sm"
      w={260}
      label={label}
      data={(locations ?? []).map((location) => ({ value: location.id, label: named(location) }))}
      value={value === '' ? null : value}
      searchable
      allowDeselect={false}
      autoFocus={autoFocus}
      // It opens as the screen does: what it offers belongs into the page's main part.
      comboboxProps={{ withinPortal: false }}
      onChange={(id) => {
        if (id !== null) change(id);
      }}
    />
  );
}
