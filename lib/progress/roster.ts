/** A member's entry in a {@link Roster}. */
export interface RosterEntry<T> {
  readonly member: T;
}

/**
 * Members in the order in which they came. What has left a Set or Map may be kept in memory by the tables that it has outgrown, until
 * the next collection of all memory; what has left a roster is kept by nothing.
 */
export class Roster<T> {
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a member, once more if it is there; its entry is what removes it. */
  add(member: T): RosterEntry<T> {
    const link = new Link(member, this.#last);
    if (this.#last === undefined) this.#first = link;
    else this.#last.next = link;
    this.#last = link;
    this.#size++;
    return link;
  }

  /** Removes the member of an entry; nothing happens if it has left. */
  remove(entry: RosterEntry<T>): void {
    const link = entry as Link<T>;
    if (!link.isListed) return;
    link.isListed = false;
    if (link.previous === undefined) this.#first = link.next;
    else link.previous.next = link.next;
    if (link.next === undefined) this.#last = link.previous;
    else link.next.previous = link.previous;
    // A link that has left must not keep those alive that came after it.
    link.previous = undefined;
    link.next = undefined;
    this.#size--;
  }

  /** The first member that `isWanted` says yes to. */
  find(isWanted: (member: T) => boolean): T | undefined {
    for (let link = this.#first; link !== undefined; link = link.next) if (isWanted(link.member)) return link.member;
    return undefined;
  }

  /** The members that are there now. */
  members(): readonly T[] {
    const members: T[] = [];
    for (let link = this.#first; link !== undefined; link = link.next) members.push(link.member);
    return members;
  }
}

class Link<T> implements RosterEntry<T> {
  readonly member: T;
  previous: Link<T> | undefined;
  next: Link<T> | undefined = undefined;
  isListed = true;

  constructor(member: T, previous: Link<T> | undefined) {
    this.member = member;
    this.previous = previous;
  }
}
