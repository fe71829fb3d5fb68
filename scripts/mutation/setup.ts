import fc from 'fast-check';

// That a property doesn't hold is enough to know: the search for its smallest example takes long.
fc.configureGlobal({ endOnFailure: true });
