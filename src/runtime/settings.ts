/** The decision settings of this deployment, from the text of its settings file. */
import { type Settings, settingsSchema } from '../access/settings.ts';

/** Throws with every problem named, since a deployment must not start with half its settings. */
export function parseSettings(text: string): Settings {
  const parsed = settingsSchema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `\`${path.join('.')}\` ${message.toLowerCase()}`,
  );
  throw new Error(`HEADWATER_SETTINGS: ${problems.join('; ')}`);
}
