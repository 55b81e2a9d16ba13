import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { defaultHighlightStyle, HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { toml } from '@codemirror/legacy-modes/mode/toml';
import type { Diagnostic } from '@codemirror/lint';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { unifiedMergeView } from '@codemirror/merge';
import { Compartment, EditorState } from '@codemirror/state';
import type { Text } from '@codemirror/state';
import { EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { cspNonce } from '../../csp-nonce';
import type { Remark } from './config.api';

interface Props {
  value: string;
  onChange: (value: string) => void;
  /** Marked at their lines. */
  problems: readonly Remark[];
  warnings: readonly Remark[];
  /** With it, what differs from this text is shown line by line. */
  compareWith: string | undefined;
  readOnly: boolean;
}

const darkHighlight = HighlightStyle.define([
  { tag: tags.comment, color: '#9aa4ad' },
  { tag: tags.string, color: '#9fdcb0' },
  { tag: [tags.number, tags.bool, tags.atom], color: '#fdba74' },
  { tag: [tags.propertyName, tags.variableName], color: '#9fd0ff' },
]);
const lightHighlight = HighlightStyle.define([
  { tag: tags.comment, color: '#5c6670' },
  { tag: tags.string, color: '#1b6b36' },
  { tag: [tags.number, tags.bool, tags.atom], color: '#9a3412' },
  { tag: [tags.propertyName, tags.variableName], color: '#0b4f8a' },
]);
const look = EditorView.theme({
  '&': { fontSize: '14px', border: '1px solid var(--mantine-color-default-border)', borderRadius: '8px' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', maxHeight: '60vh', minHeight: '240px' },
  '.cm-gutters': { background: 'transparent', color: 'var(--mantine-color-dimmed)', border: 'none' },
});

/** A text editor for TOML with line numbers, colours, undo, and marks where something is wrong. Loaded when it is needed. */
export default function TomlEditor({ value, onChange, problems, warnings, compareWith, readOnly }: Props) {
  const isDark = useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark';
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const parts = useRef({ merge: new Compartment(), colours: new Compartment(), access: new Compartment() });
  const changed = useRef(onChange);
  changed.current = onChange;
  const first = useRef(value);

  useEffect(() => {
    if (!place.current) return undefined;
    const { merge, colours, access } = parts.current;
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          EditorView.cspNonce.of(cspNonce()),
          lineNumbers(),
          highlightActiveLine(),
          history(),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          StreamLanguage.define(toml),
          syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
          lintGutter(),
          look,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': 'Configuration' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed.current(update.state.doc.toString());
          }),
          merge.of([]),
          colours.of([]),
          access.of([]),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const { merge, colours, access } = parts.current;
    view.current?.dispatch({
      effects: [
        merge.reconfigure(
          compareWith === undefined ? [] : unifiedMergeView({ original: compareWith, mergeControls: false }),
        ),
        colours.reconfigure([
          EditorView.darkTheme.of(isDark),
          syntaxHighlighting(isDark ? darkHighlight : lightHighlight),
        ]),
        access.reconfigure([EditorState.readOnly.of(readOnly)]),
      ],
    });
  }, [compareWith, isDark, readOnly]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const { doc } = editor.state;
    const marks = [
      ...problems.map((remark) => markOf(doc, remark, 'error')),
      ...warnings.map((remark) => markOf(doc, remark, 'warning')),
    ];
    editor.dispatch(setDiagnostics(editor.state, marks));
  }, [problems, warnings]);

  return <div ref={place} />;
}

function markOf(doc: Text, { line, message }: Remark, severity: Diagnostic['severity']): Diagnostic {
  const { from, to } = doc.line(Math.min(Math.max(line ?? 1, 1), doc.lines));
  return { from, to, severity, message };
}
