/** The array whose items are emitted one by one. */
export interface JsonElements {
  /** The keys and indices that lead from the root to the array; none if the root is the array. */
  readonly path: readonly (string | number)[];
  /** Receives each finished item. The tree keeps none: it has at most the item that is open. */
  readonly onElement: (element: unknown) => void;
}

/** A JSON value that grows at its end, and can be read at any time. */
export interface JsonTree {
  /** Earns the cost of copies: call it with the length of each piece of the text. */
  earn(characters: number): void;
  /** The innermost container's next member goes under this key. */
  key(name: string): void;
  /** Adds a member to the innermost container. */
  add(member: unknown): void;
  /** Adds a container, which from now on is the innermost one. */
  open(closer: Frame['closer']): void;
  /** Closes the innermost container. */
  close(): void;
  /** Replaces the latest member, a string, by the same string with more text. */
  replace(member: string): void;
  /** Finishes the latest member; returns whether it was the value itself. */
  finish(): boolean;
  /** Forgets what was opened. */
  clear(): void;
  /** What would close the innermost container. */
  readonly closer: Frame['closer'];
  /**
   * The innermost container is the array of the elements, and an earlier array at the same path has
   * already had items: the text has a key twice.
   */
  readonly repeated: boolean;
  /** The value so far. A value that was read is never changed. */
  readonly value: unknown;
  /** Whether the value has grown, and the text so far pays for the copies that reading it makes. */
  readonly due: boolean;
}

type Container = Record<string, unknown>;

/** A container that is open. */
interface Frame {
  readonly parent?: Frame;
  readonly depth: number;
  /** Whether the path to the elements leads here. */
  readonly onPath: boolean;
  readonly closer: '}' | ']';
  readonly node: Container;
  /** Where the latest member is, or the next one will be. */
  key: string | number;
  /** What a copy of the node costs. */
  cost: number;
}

// A value that was read is never changed, so reading copies all open containers. One rule bounds that:
// ALL COPIES SO FAR COST AT MOST 24 MILLION, AND 16 MORE FOR EACH CHARACTER OF THE TEXT.
// A copied item of an array costs 1. A member of an object, and each container, costs 64: V8 takes 20
// times as long for it, and 200 times where an object has thousands of members. 24 million let 142 kB of
// records be read at each delta of 8 characters.
const FREE = 24_000_000;
const CHARACTER_PAYS = 16;
const MEMBER_COSTS = 64;

const isArray = (node: Container): node is unknown[] & Container => Array.isArray(node);

const copy = (node: Container): Container =>
  isArray(node) ? (node.slice() as typeof node) : { ...node };

/** Makes a tree that has no value yet. */
export function createJsonTree(elements?: JsonElements): JsonTree {
  // The value is a member of an object that never closes; its key is empty.
  const path = elements && ['', ...elements.path];
  const root: Frame = { depth: 0, onPath: true, closer: '}', node: {}, key: '', cost: 0 };
  let top = root;
  let value: unknown;
  let grown = false;
  let cost = 0;
  let credit = FREE;
  let hadElements = false;

  const isElements = ({ onPath, depth, node }: Frame): boolean =>
    onPath && depth === path?.length && isArray(node);

  const add = (member: unknown): void => {
    const { node } = top;
    const added = isArray(node) ? 1 : MEMBER_COSTS;
    top.cost += added;
    cost += added;
    grown = true;
    if (isArray(node)) {
      top.key = node.push(member) - 1;
    } else {
      // Thus `__proto__` is a key like any other. And V8 makes a hash table of an object that grows by
      // assignment beyond some 20 members, which takes ten times as long to copy.
      Object.defineProperty(node, top.key, {
        value: member,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
  };

  return {
    earn(characters) {
      credit += characters * CHARACTER_PAYS;
    },
    key(name) {
      top.key = name;
    },
    add,
    open(closer) {
      const node = closer === '}' ? {} : (new Array<unknown>() as unknown[] & Container);
      add(node);
      const onPath = top.onPath && path?.[top.depth] === top.key;
      const depth = top.depth + 1;
      top = { parent: top, depth, onPath, closer, node, key: '', cost: MEMBER_COSTS };
      cost += MEMBER_COSTS;
    },
    close() {
      cost -= top.cost;
      top = top.parent ?? root;
    },
    replace(member) {
      top.node[top.key] = member;
      grown = true;
    },
    finish() {
      if (elements && isElements(top)) {
        hadElements = true;
        elements.onElement((top.node as unknown[] & Container).pop());
      }
      return top === root;
    },
    clear() {
      top = root;
      cost = 0;
    },
    get closer() {
      return top.closer;
    },
    get repeated() {
      return hadElements && isElements(top);
    },
    get value() {
      if (grown) {
        let node = copy(top.node);
        for (let frame = top.parent; frame; frame = frame.parent) {
          const parent = copy(frame.node);
          parent[frame.key] = node;
          node = parent;
        }
        value = node[root.key];
        credit -= cost;
        grown = false;
      }
      return value;
    },
    get due() {
      return grown && cost <= credit;
    },
  };
}
