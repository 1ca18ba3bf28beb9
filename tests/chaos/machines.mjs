// What stands for two machines, one of which is always about to die?
//
// Two companion servers over one Redis. One that was killed is started again on another port, since somebody may have taken
// the old one meanwhile; to the clients it is the same, for the proxy leads there.

import { startServer } from "../webdriver/server.mjs";

export class Machines {
  kills = 0;
  /** For the proxy: which port each has now. */
  ports;
  #servers;
  #options;

  static async start(store) {
    const machines = new Machines();
    // the page comes from elsewhere; and what is compressed would make the bytes between two faults a matter of luck
    machines.#options = ["--origin", "*", "--no-deflate", "--store", store];
    machines.#servers = await Promise.all([machines.#start(), machines.#start()]);
    machines.ports = machines.#servers.map((_, index) => () => Number(new URL(machines.#servers[index].url).port));
    return machines;
  }

  /** The one whose turn it is, at once, and waits until it serves again. */
  async killNext() {
    const index = this.kills % this.#servers.length;
    await this.#servers[index].kill();
    this.kills += 1;
    this.#servers[index] = await this.#start();
  }

  async stop() {
    await Promise.all(this.#servers.map((server) => server.kill()));
  }

  #start() {
    return startServer({ options: this.#options });
  }
}
