import * as program from "../rust/ewebsock/ewebsock.js";
import { firstOf } from "./first.js";

await firstOf(program);
