/** Where a bundler has put the raw WebAssembly: for `init(address)` of "everwire/slim". */
declare const address: string;
export default address;
