// The door in front of the TypeScript: says what is missing where Node is too old to run it as it is. Plain
// JavaScript, so that an old Node can read it far enough to print that one line.

const entries = {
  start: './node.ts',
  headwater: './cli/main.ts',
  migrate: './cli/migrate.ts',
};

const [major] = process.versions.node.split('.');
const [name] = process.argv.splice(2, 1); // the program behind the door sees its own arguments only

if (Number(major) < 24) {
  console.error(
    `Headwater needs Node 24 or newer, this is ${process.versions.node}; run it through npm (npm start), which brings its own`,
  );
  process.exit(1);
}
if (!Object.hasOwn(entries, name ?? '')) {
  console.error(`unknown entry \`${name ?? ''}\`, expected one of ${Object.keys(entries).join(', ')}`);
  process.exit(1);
}

await import('./fast-imports.mjs');
await import(entries[name]);
