import init, { Client } from "everwire/slim";
import { first, url } from "./first.js";

await init();
first(new Client(url));
