import * as program from "../rust/everwire_client/everwire_client.js";
import { firstOf } from "./first.js";

await firstOf(program);
