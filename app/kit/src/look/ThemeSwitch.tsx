// Light, dark, or as the system has it.
import { SegmentedControl, useMantineColorScheme, type SegmentedControlProps } from '@mantine/core';
import { useText } from '../words/useWords';

export const THEMES = ['light', 'dark', 'auto'] as const;

export function ThemeSwitch(props: Omit<SegmentedControlProps, 'data' | 'value' | 'onChange'>) {
  const text = useText();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      w="fit-content"
      aria-label={text('settings.theme')}
      {...props}
      value={colorScheme}
      onChange={(chosen) => setColorScheme(chosen === 'light' || chosen === 'dark' ? chosen : 'auto')}
      data={THEMES.map((scheme) => ({ value: scheme, label: text(`settings.theme.${scheme}`) }))}
    />
  );
}
