import * as program from "../rust/everwire_socket/everwire_socket.js";
import { firstOf } from "./first.js";

await firstOf(program);
