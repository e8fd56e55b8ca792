// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using NUnit.Framework;

namespace Hemline.Tests
{
    /// <summary>
    /// 10,000 handles of every kind leave nothing behind. Counted are the bytes that the C allocator has
    /// handed out (glibc's mallinfo2, all arenas): the library allocates there, mono's own heap does not.
    /// </summary>
    [TestFixture]
    public class HandleTests
    {
        const int Cycles = 10000;

        // Less than a word for each cycle: the runtime's own bookkeeping is allowed, a lost handle is not.
        const long AllowedBytes = 4 * Cycles;

        static readonly float[] Points = { 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1 };
        static readonly int[] Triangles = { 0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3 };
        static readonly float[] Moved = { 0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 2 };

        static RowArrays Weights
        {
            get { return new RowArrays(new[] { 0, 1, 2, 3, 4 }, new[] { 0, 1, 0, 1 }, new[] { 1f, 1, 1, 1 }, 2); }
        }

        public static IEnumerable<string> Kinds
        {
            get { return Makers.Keys; }
        }

        static readonly Dictionary<string, Func<NativeHandle>> Makers = new Dictionary<string, Func<NativeHandle>>
        {
            ["Surface"] = () => Surface.Create(Points, Triangles),
            ["PointIndex"] = () => PointIndex.Create(Points),
            ["RadiusGraph"] = () => RadiusGraph.Create(Points, 0.5f),
            ["SparseWeights"] = () => SparseWeights.FromDense(new float[] { 1, 0, 0, 1 }, 2),
            ["DeformationField"] = () => DeformationField.Create(Points, Moved),
            ["RbfInterpolator"] = () => RbfInterpolator.Create(Points),
            ["WeightInpainter"] = () => WeightInpainter.Create(Points, Triangles, new byte[] { 1, 0, 0, 1 }),
            ["TrianglePairs"] = () => TrianglePairs.FindInside(Points, Triangles),
            ["Neighbors"] = MakeNeighbors,
            ["TransferSession"] = MakeSession,
        };

        static NativeHandle MakeNeighbors()
        {
            using (RadiusGraph graph = RadiusGraph.Create(Points, 2))
            {
                return graph.FindNeighbors(true);
            }
        }

        static NativeHandle MakeSession()
        {
            using (Surface body = Surface.Create(Points, Triangles))
            {
                return TransferSession.Create(body, Weights.Rows, Moved);
            }
        }

        [Test]
        public void EveryKindOfHandleIsListed()
        {
            foreach (Type type in typeof(NativeHandle).Assembly.GetTypes())
            {
                if (type.IsSubclassOf(typeof(NativeHandle)))
                {
                    Assert.IsTrue(Makers.ContainsKey(type.Name), type.Name);
                }
            }
        }

        [TestCaseSource("Kinds")]
        public void ManyCyclesLeaveNothing(string kind)
        {
            Func<NativeHandle> make = Makers[kind];
            Repeat(make, 1000);
            long before = Allocated();
            Repeat(make, Cycles);
            long grown = Allocated() - before;
            Console.WriteLine("{0}: {1} bytes after {2} cycles", kind, grown, Cycles);
            Assert.Less(grown, AllowedBytes, kind);
        }

        [Test]
        public void ForgottenHandlesAreCollected()
        {
            Forget(1000);
            long before = Allocated();
            Forget(Cycles);
            long grown = Allocated() - before;
            Console.WriteLine("forgotten: {0} bytes after {1} handles", grown, Cycles);
            // A conservative stack scan may keep a few alive.
            Assert.Less(grown, 100 * 2000 + AllowedBytes);
        }

        [Test]
        public void TheCountSeesALeak()
        {
            long before = Allocated();
            var kept = new List<NativeHandle>();
            for (int cycle = 0; cycle < 1000; cycle++)
            {
                kept.Add(Surface.Create(Points, Triangles));
            }

            Assert.Greater(Allocated() - before, 1000 * 4);
            kept.ForEach(handle => handle.Dispose());
        }

        static void Repeat(Func<NativeHandle> make, int cycles)
        {
            for (int cycle = 0; cycle < cycles; cycle++)
            {
                make().Dispose();
            }
        }

        static void Forget(int count)
        {
            for (int handle = 0; handle < count; handle++)
            {
                Surface.Create(Points, Triangles);
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        static long Allocated()
        {
            MallInfo info = mallinfo2();
            return (long)(ulong)info.Used + (long)(ulong)info.Mapped;
        }

        [DllImport("libc.so.6")]
        static extern MallInfo mallinfo2();

        [StructLayout(LayoutKind.Sequential)]
        struct MallInfo
        {
            UIntPtr arena, ordblks, smblks, hblks;
            internal UIntPtr Mapped;
            UIntPtr usmblks, fsmblks;
            internal UIntPtr Used;
            UIntPtr fordblks, keepcost;
        }
    }
}
