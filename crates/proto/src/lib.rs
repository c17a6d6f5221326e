//! Generated wire types, service stubs and descriptors.
