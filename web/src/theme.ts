import type { CSSVariablesResolver } from '@mantine/core';
import { Badge, createTheme } from '@mantine/core';

/** The accent, from light to dark; white is readable on the eighth. */
const claw = [
  '#fff7ed',
  '#ffedd5',
  '#fed7aa',
  '#fdba74',
  '#fb923c',
  '#f97316',
  '#ea580c',
  '#c2410c',
  '#9a3412',
  '#7c2d12',
] as const;

/** The look of the house: the system's own letters, so that nothing is fetched, and one accent. */
export const theme = createTheme({
  colors: { claw },
  primaryColor: 'claw',
  primaryShade: 7,
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  components: {
    // Keys of the configuration are long words, and a phone is narrow.
    Alert: { styles: { body: { minWidth: 0 }, message: { overflowWrap: 'anywhere' } } },
    // The colour is in the ground and the words stay readable on it.
    Badge: Badge.extend({
      defaultProps: { variant: 'light' },
      vars: (_theme, { variant }) => ({
        root: variant === 'light' ? { '--badge-color': 'var(--mantine-color-text)' } : {},
      }),
    }),
  },
});

/** Secondary words as dark, or as light, as everybody can read them (WCAG 2.2, 1.4.3). */
export const readableColours: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-7)',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
    '--mantine-color-red-text': 'var(--mantine-color-red-9)',
    '--mantine-color-red-light-color': 'var(--mantine-color-red-9)',
  },
  dark: {
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': 'var(--mantine-color-dark-1)',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
    '--mantine-color-red-text': 'var(--mantine-color-red-4)',
    '--mantine-color-red-light-color': 'var(--mantine-color-red-3)',
  },
});
