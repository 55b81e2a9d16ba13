import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js' with { 'resolution-mode': 'import' };
import type { ToolResult } from '../tool';
import { visible } from '../web/outside-text';

/** More would crowd the conversation out of the model's context. */
const LONGEST = 100_000;

/** What a server answered, as text for the model: texts as they are, everything else described in a line. */
export function resultOf({ content, structuredContent, isError }: CallToolResult): ToolResult {
  const parts = content.map(describe).filter((part) => part !== '');
  if (parts.length === 0 && structuredContent !== undefined) parts.push(JSON.stringify(structuredContent));
  const output = shorten(visible(parts.join('\n')));
  if (isError) return { success: false, output: output || 'the tool failed without saying why' };
  return { success: true, output: output || '(nothing)' };
}

function describe(part: CallToolResult['content'][number]): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'image':
    case 'audio':
      return `[${part.type}, ${part.mimeType}, ${bytes(part.data)} bytes: cannot be shown here]`;
    case 'resource_link':
      return `[resource ${part.uri}: ${[part.name, part.description].filter(Boolean).join(', ')}]`;
    case 'resource': {
      const { resource } = part;
      if ('text' in resource) return `[resource ${resource.uri}]\n${resource.text}`;
      return `[resource ${resource.uri}, ${resource.mimeType ?? 'of unknown type'}, ${bytes(resource.blob)} bytes]`;
    }
  }
}

function bytes(base64: string): number {
  return Buffer.byteLength(base64, 'base64');
}

function shorten(text: string): string {
  if (text.length <= LONGEST) return text;
  return `${text.slice(0, LONGEST)}\n[cut: ${text.length - LONGEST} more characters]`;
}
