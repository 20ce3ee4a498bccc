// How everything of ours looks: one colour, one face, nothing that moves for its own sake.
import { createTheme, type MantineColorsTuple } from '@mantine/core';

const ink: MantineColorsTuple = ['#e8f4f5', '#d0e4e6', '#a1c9cd', '#6fadb3', '#46959d', '#2c858e', '#1b7580', '#14636d', '#0f525a', '#083f46'];

export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 7 },
  colors: { ink },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  defaultRadius: 'sm',
  cursorType: 'pointer',
  components: {
    // A menu stands within the screen that it belongs to, and holds nothing but its items: the first of them has the focus.
    Menu: { defaultProps: { transitionProps: { duration: 0 }, withinPortal: false, withInitialFocusPlaceholder: false } },
    Popover: { defaultProps: { transitionProps: { duration: 0 } } },
  },
});
