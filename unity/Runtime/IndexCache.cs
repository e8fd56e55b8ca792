// SPDX-License-Identifier: MIT OR Apache-2.0
namespace Hemline
{
    /// <summary>The indices that Acquire methods keep, found again by the content of their coordinates.</summary>
    public static unsafe class IndexCache
    {
        /// <summary>What it holds, and how often it was asked.</summary>
        public static CacheInfo Info
        {
            get
            {
                Library.Require();
                var info = new CacheInfo { struct_size = (uint)sizeof(CacheInfo) };
                Library.Check(NativeMethods.hem_cache_info(&info));
                return info;
            }
        }

        /// <summary>Bytes of indices that are kept at most; 0 keeps none.</summary>
        public static long Limit
        {
            get { return (long)Info.Limit; }

            set
            {
                Library.Require();
                Library.Check(NativeMethods.hem_set_cache_limit((ulong)Arguments.Count(value, nameof(value))));
            }
        }

        /// <summary>Drops what is kept; handles stay valid.</summary>
        public static void Clear()
        {
            Library.Require();
            Library.Check(NativeMethods.hem_cache_clear());
        }
    }
}
