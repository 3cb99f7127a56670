import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';

const file = fileURLToPath(new URL('../../../flows/nodes/campus-rules.html', import.meta.url));

interface Setting {
  value: unknown;
  required?: boolean;
  validate?: (this: object, value: unknown, options: object) => unknown;
}

export interface RuleForm {
  icon: string;
  category: string;
  defaults: Record<string, Setting>;
  /** The form's HTML. */
  template: string;
}

/** Runs the rules' page as the editor does, and tells what it registered, by node type. */
export function ruleForms(): Map<string, RuleForm> {
  const script = /<script type="text\/javascript">([\s\S]*)<\/script>/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  const forms = new Map<string, RuleForm>();
  const templates = new Map<string, string>();
  const document = {
    createElement: () => ({ dataset: {} }),
    body: {
      append: ({ dataset, textContent }: { dataset: { templateName: string }; textContent: string }) =>
        templates.set(dataset.templateName, textContent),
    },
  };
  const RED = {
    validators: { regex: (pattern: RegExp) => (value: unknown) => pattern.test(String(value)) },
    nodes: {
      registerType: (type: string, form: Omit<RuleForm, 'template'>) =>
        forms.set(type, { ...form, template: templates.get(type) ?? '' }),
    },
  };
  runInNewContext(script, { document, RED });
  return forms;
}

/** What the editor finds wrong with a node: the names of its settings. */
export function complaints(form: RuleForm, node: Record<string, unknown>): string[] {
  const self = { ...node, _: (key: string) => key };
  return Object.entries(form.defaults)
    .filter(([name, { required, validate }]) => {
      const value = node[name] ?? '';
      if (required && value === '') return true;
      return validate !== undefined && validate.call(self, value, {}) !== true;
    })
    .map(([name]) => name);
}
