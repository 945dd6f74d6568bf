// Each has to have run before the next is loaded: the server's own modules come last.
import './check-node';
import './engine-flags';
import './young-generation';
import './compile-cache';
import './server';
