import type { Language } from '../contract/language.ts';

const styles = `
:root { color-scheme: light dark; --line: #8885; --bad: #c62828; --good: #2e7d32; --open: #8a6d00; --quiet: #5c6470; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --good: #81c784; --open: #ffd54f; --quiet: #a7afba; } }
body { font: 15px/1.5 system-ui, "Noto Sans CJK SC", sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2rem; border-bottom: 1px solid var(--line); }
ul { margin: 0; padding-left: 1.2rem; }
code { display: block; white-space: pre-wrap; overflow-wrap: anywhere; padding: 0.3rem 0.5rem; background: #8882; border-radius: 4px; }
footer { margin-top: 2rem; color: var(--quiet); font-size: 0.85rem; }
@media print { body { max-width: none; margin: 0; padding: 0; font-size: 10pt; } h2, h3 { break-after: avoid; } }
`;

export interface ReportPage {
  language: Language;
  /** As HTML, like all below. */
  title: string;
  /** What the report is about; stands in the window's title. */
  subject: string;
  /** CSS beside what all reports share. */
  styles: string;
  body: string;
}

/** A page of its own, without scripts and without anything from elsewhere: light and dark, on a phone, on paper. */
export function reportPage({ language, title, subject, styles: own, body }: ReportPage): string {
  return `<!doctype html>
<html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} · ${subject}</title><style>${styles}${own}</style>
<h1>${title}</h1>
${body}
</html>
`;
}

/** A text as HTML shows it. */
export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
