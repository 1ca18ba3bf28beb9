// What does an import cost of which nothing is used?

import { Client, WebSocket } from "everwire";
import init, { EverwireError } from "everwire/slim";

document.body.append("nothing of it is used");
