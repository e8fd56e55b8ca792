//! The index cache: an index over coordinates is built once and shared by all calls and threads that
//! bring the same coordinates again.
//!
//! An entry is found by its content alone: the kind of the index, and for each array that it is made
//! from (coordinates, parameters) the length and the 128-bit XXH3 hash of the bytes. Names and vertex
//! counts of meshes play no part, so that two meshes never share an index unless they are equal.
//!
//! The cache holds at most a number of bytes; beyond it, the entries unused for longest go. An index
//! that somebody still holds lives on outside of the cache until it is released.
//!
//! No lock is held while an index is built. Two threads that miss the same entry at the same time both
//! build it, and the first one to finish provides the index for both: a thread that waited instead
//! could be cancelled only together with the thread that it waits for.

use std::any::{Any, TypeId};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use once_cell::sync::Lazy;
use parking_lot::Mutex;
use xxhash_rust::xxh3::xxh3_128;

use crate::Result;

/// Limit of the shared cache until [`Cache::set_limit`] changes it: 256 MiB.
pub const DEFAULT_LIMIT: usize = 256 << 20;

/// An index that the cache may keep.
pub trait Cached: Any + Send + Sync {
    /// Bytes of memory that it holds, its own struct included.
    fn bytes(&self) -> usize;
}

/// What identifies an index: its kind and the content that it is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    kind: TypeId,
    length: usize,
    content: u128,
}

impl Key {
    /// Key of an index of type `T` made from `arrays`: the bytes of its coordinates and parameters,
    /// always in the same order.
    pub fn new<T: Cached>(arrays: &[&[u8]]) -> Self {
        // Each array's length goes with its hash: bytes that move from one array to the next give
        // another key.
        let parts: Vec<u8> = arrays
            .iter()
            .flat_map(|array| [array.len() as u128, xxh3_128(array)])
            .flat_map(u128::to_ne_bytes)
            .collect();
        Self {
            kind: TypeId::of::<T>(),
            length: arrays.iter().map(|array| array.len()).sum(),
            content: xxh3_128(&parts),
        }
    }
}

/// What a cache holds and how often it served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheInfo {
    /// Bytes that the entries hold.
    pub bytes: usize,
    /// Bytes that they may hold.
    pub limit: usize,
    /// Number of indices kept.
    pub entries: usize,
    /// Calls that found their index.
    pub hits: u64,
    /// Calls that had to build it.
    pub misses: u64,
    /// Entries dropped to keep the limit.
    pub evictions: u64,
}

/// A cache of indices, safe to share between threads.
pub struct Cache {
    state: Mutex<State>,
}

impl Cache {
    /// An empty cache that keeps at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self { state: Mutex::new(State::new(limit)) }
    }

    /// The cache that all calls of this process share.
    pub fn shared() -> &'static Self {
        static SHARED: Lazy<Cache> = Lazy::new(|| Cache::new(DEFAULT_LIMIT));
        &SHARED
    }

    /// The index for `key`, built by `build` where the cache has none.
    ///
    /// An index larger than the limit is returned and not kept.
    ///
    /// # Errors
    /// Those of `build`; nothing is kept then.
    pub fn get_or_build<T: Cached>(
        &self,
        key: Key,
        build: impl FnOnce() -> Result<T>,
    ) -> Result<Arc<T>> {
        assert_eq!(key.kind, TypeId::of::<T>(), "a key serves the kind that it was made for");
        let found = self.state.lock().find(&key);
        let shared = match found {
            Some(shared) => shared,
            None => {
                let built = build()?;
                let bytes = built.bytes();
                // What is evicted is dropped after the lock is released: large indices take a while.
                let (shared, _evicted) = self.state.lock().insert(key, Arc::new(built), bytes);
                shared
            }
        };
        Ok(Arc::downcast(shared).expect("the key holds the type"))
    }

    /// What the cache holds now, and its counters since the process began.
    pub fn info(&self) -> CacheInfo {
        let state = self.state.lock();
        CacheInfo { entries: state.entries.len(), ..state.info }
    }

    /// Drops all entries; the limit and the counters stay.
    pub fn clear(&self) {
        let _dropped = self.state.lock().take_all();
    }

    /// Sets the limit in bytes and evicts what exceeds it; 0 keeps nothing.
    pub fn set_limit(&self, bytes: usize) {
        let _evicted = self.state.lock().set_limit(bytes);
    }
}

type Shared = Arc<dyn Any + Send + Sync>;

struct Entry {
    index: Shared,
    bytes: usize,
    last_use: u64,
}

struct State {
    entries: HashMap<Key, Entry>,
    /// Keys by their last use, oldest first.
    by_use: BTreeMap<u64, Key>,
    uses: u64,
    /// `entries` is not kept up to date here.
    info: CacheInfo,
}

impl State {
    fn new(limit: usize) -> Self {
        Self {
            entries: HashMap::new(),
            by_use: BTreeMap::new(),
            uses: 0,
            info: CacheInfo { limit, ..CacheInfo::default() },
        }
    }

    /// The index for `key`, counted as a hit or a miss.
    fn find(&mut self, key: &Key) -> Option<Shared> {
        let found = self.touch(key);
        match found {
            Some(_) => self.info.hits += 1,
            None => self.info.misses += 1,
        }
        found
    }

    /// The index for `key`, now the most recently used.
    fn touch(&mut self, key: &Key) -> Option<Shared> {
        let entry = self.entries.get_mut(key)?;
        self.uses += 1;
        self.by_use.remove(&entry.last_use);
        self.by_use.insert(self.uses, *key);
        entry.last_use = self.uses;
        Some(Arc::clone(&entry.index))
    }

    /// Keeps `index`, unless another thread was first or it is too large; returns the index to use
    /// and what had to go.
    fn insert(&mut self, key: Key, index: Shared, bytes: usize) -> (Shared, Vec<Shared>) {
        if let Some(earlier) = self.touch(&key) {
            return (earlier, vec![index]);
        }
        if bytes > self.info.limit {
            return (index, Vec::new());
        }
        self.uses += 1;
        self.by_use.insert(self.uses, key);
        self.entries.insert(key, Entry { index: Arc::clone(&index), bytes, last_use: self.uses });
        self.info.bytes += bytes;
        (index, self.evict())
    }

    fn set_limit(&mut self, bytes: usize) -> Vec<Shared> {
        self.info.limit = bytes;
        self.evict()
    }

    /// Takes out the entries unused for longest until the rest keeps the limit.
    fn evict(&mut self) -> Vec<Shared> {
        let mut evicted = Vec::new();
        while self.info.bytes > self.info.limit {
            let (_, key) = self.by_use.pop_first().expect("entries hold these bytes");
            let entry = self.entries.remove(&key).expect("listed by its use");
            self.info.bytes -= entry.bytes;
            self.info.evictions += 1;
            evicted.push(entry.index);
        }
        evicted
    }

    fn take_all(&mut self) -> HashMap<Key, Entry> {
        self.by_use.clear();
        self.info.bytes = 0;
        std::mem::take(&mut self.entries)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::Error;

    #[derive(Debug, PartialEq)]
    struct Sized(usize);

    impl Cached for Sized {
        fn bytes(&self) -> usize {
            self.0
        }
    }

    struct OtherKind;

    impl Cached for OtherKind {
        fn bytes(&self) -> usize {
            1
        }
    }

    fn key(content: &[u8]) -> Key {
        Key::new::<Sized>(&[content])
    }

    /// Asks for the index named by `content`; tells whether it had to be built.
    fn ask(cache: &Cache, content: &[u8], bytes: usize) -> bool {
        let mut built = false;
        cache
            .get_or_build(key(content), || {
                built = true;
                Ok(Sized(bytes))
            })
            .unwrap();
        built
    }

    #[test]
    fn equal_content_is_built_once_and_other_content_of_equal_length_apart() {
        let cache = Cache::new(1000);
        assert!(ask(&cache, b"abcd", 10));
        assert!(!ask(&cache, b"abcd", 10));
        assert!(ask(&cache, b"abce", 10));
        let expected =
            CacheInfo { bytes: 20, limit: 1000, entries: 2, hits: 1, misses: 2, evictions: 0 };
        assert_eq!(cache.info(), expected);
    }

    #[test]
    fn keys_tell_kinds_and_arrays_apart() {
        let whole = Key::new::<Sized>(&[b"abcd", b"ef"]);
        assert_eq!(whole, Key::new::<Sized>(&[b"abcd", b"ef"]));
        assert_ne!(whole, Key::new::<Sized>(&[b"abc", b"def"]));
        assert_ne!(whole, Key::new::<Sized>(&[b"abcdef"]));
        assert_ne!(whole, Key::new::<Sized>(&[b"abcd", b"ef", b""]));
        assert_ne!(whole, Key::new::<OtherKind>(&[b"abcd", b"ef"]));
    }

    #[test]
    fn the_least_recently_used_goes_first() {
        let cache = Cache::new(100);
        for content in [b"a", b"b", b"c"] {
            ask(&cache, content, 30);
        }
        assert!(!ask(&cache, b"a", 30), "used again: b is the oldest now");
        ask(&cache, b"d", 30);
        assert_eq!((cache.info().evictions, cache.info().bytes), (1, 90));
        for (content, gone) in [(b"a", false), (b"c", false), (b"d", false), (b"b", true)] {
            assert_eq!(ask(&cache, content, 30), gone, "{content:?}");
        }
    }

    #[test]
    fn what_exceeds_the_limit_is_not_kept_and_drives_nothing_out() {
        let cache = Cache::new(100);
        ask(&cache, b"small", 40);
        assert!(ask(&cache, b"huge", 101) && ask(&cache, b"huge", 101));
        assert!(!ask(&cache, b"small", 40));
        assert_eq!((cache.info().entries, cache.info().evictions), (1, 0));
        assert!(ask(&cache, b"exact", 100), "drives the small one out");
        assert_eq!((cache.info().entries, cache.info().bytes), (1, 100));
    }

    #[test]
    fn a_lower_limit_and_a_clear_take_effect_at_once() {
        let cache = Cache::new(100);
        ask(&cache, b"a", 40);
        ask(&cache, b"b", 40);
        cache.set_limit(50);
        assert_eq!((cache.info().entries, cache.info().evictions), (1, 1));
        assert!(!ask(&cache, b"b", 40));
        cache.clear();
        assert_eq!((cache.info().entries, cache.info().bytes), (0, 0));
        assert_eq!((cache.info().hits, cache.info().evictions), (1, 1), "counters stay");
        cache.set_limit(0);
        assert!(ask(&cache, b"b", 40) && ask(&cache, b"b", 40));
    }

    #[test]
    fn an_index_in_use_outlives_its_eviction() {
        let cache = Cache::new(100);
        let held = cache.get_or_build(key(b"a"), || Ok(Sized(60))).unwrap();
        ask(&cache, b"b", 60);
        assert_eq!(cache.info().evictions, 1);
        assert_eq!(*held, Sized(60));
    }

    #[test]
    fn a_failed_build_leaves_nothing() {
        let cache = Cache::new(100);
        let failed = cache.get_or_build::<Sized>(key(b"a"), || Err(Error::Cancelled));
        assert_eq!(failed.unwrap_err(), Error::Cancelled);
        assert_eq!((cache.info().entries, cache.info().misses), (0, 1));
        assert!(ask(&cache, b"a", 10));
    }

    #[test]
    fn threads_that_miss_together_share_the_first_index() {
        let cache = Cache::new(1000);
        let both_inside = Barrier::new(2);
        let ask = || {
            cache
                .get_or_build(key(b"a"), || {
                    both_inside.wait();
                    Ok(Sized(10))
                })
                .unwrap()
        };
        let (first, second) = std::thread::scope(|scope| {
            let other = scope.spawn(ask);
            (ask(), other.join().unwrap())
        });
        assert!(Arc::ptr_eq(&first, &second));
        assert_eq!((cache.info().entries, cache.info().misses, cache.info().bytes), (1, 2, 10));
    }

    #[test]
    fn many_threads_keep_the_books_straight() {
        let cache = Cache::new(50);
        let builds = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for thread in 0..4_usize {
                let (cache, builds) = (&cache, &builds);
                scope.spawn(move || {
                    for step in 0..500 {
                        let bytes = (step * 7 + thread) % 13 + 1;
                        let found = cache.get_or_build(key(&[bytes as u8]), || {
                            builds.fetch_add(1, Ordering::Relaxed);
                            Ok(Sized(bytes))
                        });
                        assert_eq!(*found.unwrap(), Sized(bytes));
                    }
                });
            }
        });
        let info = cache.info();
        let state = cache.state.lock();
        assert_eq!(info.hits + info.misses, 2000);
        assert_eq!(info.misses as usize, builds.into_inner());
        assert_eq!(info.bytes, state.entries.values().map(|entry| entry.bytes).sum::<usize>());
        assert_eq!(state.by_use.len(), info.entries);
        assert!(info.bytes <= 50 && info.evictions > 0);
    }
}
