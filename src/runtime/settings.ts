/** The decision settings of this deployment, from the text of its settings file. */
import { type Settings, settingsSchema } from '../access/settings.ts';
import { parseJson } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';

/** Fails with every problem named, since a deployment must not start with half its settings. */
export function parseSettings(text: string): Result<Settings, string> {
  const json = parseJson(text);
  if (!json.ok) return json;
  const parsed = settingsSchema.safeParse(json.value);
  if (parsed.success) return ok(parsed.data);
  const problems = parsed.error.issues.map(({ path, message }) =>
    [...(path.length === 0 ? [] : [`\`${path.join('.')}\``]), message.toLowerCase()].join(' '),
  );
  return err(problems.join('; '));
}
