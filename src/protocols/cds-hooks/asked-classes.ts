/** The kinds of data that a request asks for, read as `class` of a consent is (M-10, R-14). */
import { fromJson } from '../../base/present.ts';
import type { Content } from '../../consent/consent.ts';
import { readContent } from '../../consent/read-condition.ts';
import type { AskedClass } from '../../enforcement/asked-class.ts';
import type { Context } from './wire.ts';

/** Undefined when any is asked for. */
export function askedClasses({ class: classes = [] }: Context): readonly AskedClass[] | undefined {
  if (classes.length === 0) return undefined;
  return fromJson(classes).map((coding) => classOf(readContent(coding, false)));
}

function classOf(content: Content): AskedClass {
  switch (content.kind) {
    case 'type':
      return { kind: 'type', anyOf: [content.type] };
    case 'profile':
      return { kind: 'profile', anyOf: [content.url] };
    case 'document-type':
      return { kind: 'document-type', anyOf: [content.coding] };
  }
}

/** The types, where nothing but types is asked for: then the engine is asked about them. */
export function typesIn(asked: readonly AskedClass[] | undefined): readonly string[] | undefined {
  if (!asked?.every(({ kind }) => kind === 'type')) return undefined;
  return [...new Set(asked.flatMap(({ anyOf }) => anyOf.filter((type) => typeof type === 'string')))];
}
