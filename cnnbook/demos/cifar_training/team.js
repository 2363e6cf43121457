// Replicas that compute together: each works on its part of a batch, and what they yield is summed over all. The first one, the hub,
// deals out the parts and adds up; every other is a member with a port to it.

// The messages of a port, one after the other.
class Inbox {
  #messages = [];
  #waiting = null;

  constructor(port) {
    port.onmessage = ({ data }) => {
      if (!this.#waiting) this.#messages.push(data);
      else {
        const take = this.#waiting;
        this.#waiting = null;
        take(data);
      }
    };
  }

  next() { return this.#messages.length ? Promise.resolve(this.#messages.shift()) : new Promise((take) => { this.#waiting = take; }); }
}

export class Hub {
  constructor(ports) { this.members = ports.map((port) => ({ port, inbox: new Inbox(port) })); }

  get size() { return this.members.length + 1; }

  deal(task, n) { this.members[n - 1].port.postMessage(task, [task.images.buffer, task.labels.buffer]); }

  // Added in the order of the members, so that the same numbers always give the same sum.
  async sum(values) {
    const parts = await Promise.all(this.members.map(({ inbox }) => inbox.next()));
    for (const part of parts) for (let i = 0; i < values.length; i++) values[i] += part[i];
    this.members.forEach(({ port }, n) => {
      parts[n].set(values);
      port.postMessage(parts[n], [parts[n].buffer]);
    });
    return values;
  }
}

class Member {
  constructor(port) { Object.assign(this, { port, inbox: new Inbox(port) }); }

  sum(values) {
    this.port.postMessage(values, [values.buffer]);
    return this.inbox.next();
  }
}

// Run what a replica does to its end.
export async function together(work, group) {
  let step = work.next();
  while (!step.done) step = work.next(step.value && await group.sum(step.value));
  return step.value;
}

// A member does whatever it is dealt. It ends with its Worker.
export async function follow(port, replica) {
  const member = new Member(port);
  for (;;) {
    const task = await member.inbox.next();
    await together(replica[task.kind](task), member);
  }
}

// Images `rows` of {images, labels}, divided among as many replicas as evenly as possible: {kind, images, labels, first, whole} each.
export function divided(kind, { images, labels }, rows, replicas) {
  const size = images.length / labels.length, whole = rows.length;
  return Array.from({ length: replicas }, (_, n) => {
    const first = Math.floor((whole * n) / replicas), part = rows.subarray(first, Math.floor((whole * (n + 1)) / replicas));
    const task = { kind, images: new Uint8Array(part.length * size), labels: Uint8Array.from(part, (row) => labels[row]), first, whole };
    part.forEach((row, i) => task.images.set(images.subarray(row * size, (row + 1) * size), i * size));
    return task;
  });
}
