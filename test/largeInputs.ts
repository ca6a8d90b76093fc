import fc from 'fast-check';

// Without this a list of up to 40 is one of up to 10: fast-check prefers what is small to what it was asked for, and properties would be shown of less than they say.
fc.configureGlobal({ ...fc.readConfigureGlobal(), defaultSizeToMaxWhenMaxSpecified: true });
