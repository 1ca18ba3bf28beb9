import * as program from "../rust/web_sys/web_sys.js";
import { firstOf } from "./first.js";

await firstOf(program);
