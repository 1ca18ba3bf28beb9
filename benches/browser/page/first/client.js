import { Client } from "everwire";
import { first, url } from "./first.js";

first(new Client(url));
