import {
  componentSubpath,
  fn,
  mount,
  mountEach,
  statsGroup,
  type ComponentFunction,
  type StatsGroupHandle,
} from "tidemark";

/** Called by the main function of a shape while it mounts. */
export interface Probes {
  /** The item of this index is taken, in a `mountEach`. */
  readonly onItem: (index: number) => void;
  /** A group is open. */
  readonly onGroup: (group: StatsGroupHandle) => void;
  /** All leaves are mounted. */
  readonly onEnd: () => void;
}

type Main = ComponentFunction<[], Promise<void>>;
type CreateMain = (count: number, size: number, probes: Probes) => Main;

const leaf = fn({ memo: true }, function leaf(_item: number) {});

/** Ways to mount `count` leaves, each with a `size` that may cost something. */
export const SHAPES = {
  /** All in one `mountEach`; the size is their number. */
  components: (count, _size, probes) =>
    fn(async function main() {
      await mountEach(leaf, itemsOf(count, probes));
      probes.onEnd();
    }),

  /** In `size` stats groups. */
  groups: (count, size, probes) =>
    fn(async function main() {
      for (let group = 0; group < size; group++) {
        await statsGroup(`group ${group}`, async (handle) => {
          probes.onGroup(handle);
          for (let index = group; index < count; index += size) await mount(componentSubpath(index), leaf, index);
        });
      }
      probes.onEnd();
    }),

  /** As components of `size` functions. */
  names(count, size, probes) {
    const leaves = Array.from({ length: size }, (_, name) =>
      fn({ memo: true, name: `leaf${name}` }, (_item: number) => {}),
    );
    return fn(async function main() {
      for (let index = 0; index < count; index++) {
        await mount(componentSubpath(index), leaves[index % size]!, index);
      }
      probes.onEnd();
    });
  },

  /** At paths of `size` keys below one component. */
  keys: (count, size, probes) =>
    fn(async function main() {
      const keys = Array.from({ length: size - 1 }, (_, level) => `level ${level}`);
      for (let index = 0; index < count; index++) await mount(componentSubpath(...keys, index), leaf, index);
      probes.onEnd();
    }),

  /** In chains of `size` components, each mounted by the one above it. */
  chains(count, size, probes) {
    const link: ComponentFunction<[number, number], Promise<void>> = fn(async function link(
      index: number,
      level: number,
    ) {
      if (level + 1 < size) await mount(link, index, level + 1);
      else await mount(leaf, index);
    });
    return fn(async function main() {
      for (let index = 0; index < count; index++) {
        if (size === 1) await mount(componentSubpath(index), leaf, index);
        else await mount(componentSubpath(index), link, index, 1);
      }
      probes.onEnd();
    });
  },
} as const satisfies Readonly<Record<string, CreateMain>>;

/** The name of a shape. */
export type Shape = keyof typeof SHAPES;

/** Whether there is a shape of this name. */
export function isShape(name: string): name is Shape {
  return Object.hasOwn(SHAPES, name);
}

function* itemsOf(count: number, probes: Probes): Generator<[number, number]> {
  for (let index = 0; index < count; index++) {
    probes.onItem(index);
    yield [index, index];
  }
}
