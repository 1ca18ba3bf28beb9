import * as program from "../rust/gloo_net/gloo_net.js";
import { firstOf } from "./first.js";

await firstOf(program);
