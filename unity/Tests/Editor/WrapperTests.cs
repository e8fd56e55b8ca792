// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Collections.Generic;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Threading;
using NUnit.Framework;

namespace Hemline.Tests
{
    /// <summary>What the wrapper adds to the declarations: errors, progress, cancelling, lifetimes.</summary>
    [TestFixture]
    public class WrapperTests
    {
        const int Rings = 60, Sides = 40;
        static readonly float[] Points = TestMeshes.TubePoints(Rings, Sides, 0.2f);
        static readonly int[] Triangles = TestMeshes.TubeTriangles(Rings, Sides);

        [Test]
        public void VersionsAgree()
        {
            Library.Require();
            Assert.AreEqual(Library.PackageVersion, Library.Version);
            CollectionAssert.Contains(new[] { "avx512", "avx2", "neon", "scalar" }, Library.CpuFeatures);
        }

        [Test]
        public void SettingsReadBack()
        {
            Library.ThreadCount = 1;
            Assert.AreEqual(1, Library.ThreadCount);
            Library.ThreadCount = 0;
            Assert.Greater(Library.ThreadCount, 0);
            Library.MemoryBudget = 1 << 20;
            Assert.AreEqual(1 << 20, Library.MemoryBudget);
            Library.MemoryBudget = 0;
            Assert.Throws<ArgumentOutOfRangeException>(() => Library.ThreadCount = -1);
        }

        [Test]
        public void OptionsHaveTheLibrarysLayout()
        {
            int checkedTypes = 0;
            foreach (Type type in typeof(Library).Assembly.GetTypes())
            {
                PropertyInfo defaults = type.GetProperty("Default", BindingFlags.Static | BindingFlags.Public);
                FieldInfo size = type.GetField("struct_size", BindingFlags.Instance | BindingFlags.NonPublic);
                if (defaults != null && size != null)
                {
                    Assert.AreEqual((uint)Marshal.SizeOf(type), size.GetValue(defaults.GetValue(null, null)), type.Name);
                    checkedTypes++;
                }
            }

            Assert.GreaterOrEqual(checkedTypes, 14);
        }

        [Test]
        public void DeclarationsHaveWhatIl2CppCanPass()
        {
            const BindingFlags all = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
            Type declarations = typeof(NativeMethods);
            int checkedFunctions = 0, checkedStructs = 0;
            foreach (MethodInfo function in declarations.GetMethods(all))
            {
                if (function.GetCustomAttributes(typeof(DllImportAttribute), false).Length > 0)
                {
                    Array.ForEach(function.GetParameters(), parameter => CheckPlain(parameter.ParameterType, function.Name));
                    checkedFunctions++;
                }
            }

            foreach (Type type in declarations.Assembly.GetTypes())
            {
                bool isNative = type.IsValueType && !type.IsEnum && type.GetField("struct_size", all) != null;
                if (isNative)
                {
                    Array.ForEach(type.GetFields(all), field => CheckPlain(field.FieldType, type.Name));
                    checkedStructs++;
                }
            }

            Assert.Greater(checkedFunctions, 100);
            Assert.Greater(checkedStructs, 15);
        }

        [Test]
        public void CallbacksAreMarkedForIl2Cpp()
        {
            MethodInfo callback = typeof(ProgressCall).GetMethod("OnReport", BindingFlags.Static | BindingFlags.NonPublic);
            CollectionAssert.Contains(
                Array.ConvertAll(callback.GetCustomAttributes(false), attribute => attribute.GetType().Name),
                "MonoPInvokeCallbackAttribute");
        }

        [Test]
        public unsafe void ShapeInputHasTheLibrarysLayout()
        {
            HemShapeInput input;
            Library.Check(NativeMethods.hem_shape_input_init(&input));
            Assert.AreEqual((uint)sizeof(HemShapeInput), input.struct_size);
        }

        [Test]
        public void ErrorsCarryTheLibrarysText()
        {
            int[] wrong = (int[])Triangles.Clone();
            wrong[7] = 1000000;
            var error = Assert.Throws<HemlineException>(() => Surface.Create(Points, wrong));
            Assert.AreEqual(Status.IndexOutOfRange, error.Status);
            StringAssert.Contains("triangles", error.Message);
            StringAssert.Contains("1000000", error.Message);

            float[] broken = (float[])Points.Clone();
            broken[5] = float.NaN;
            Assert.AreEqual(
                Status.NotFinite, Assert.Throws<HemlineException>(() => Surface.Create(broken, Triangles)).Status);
        }

        [Test]
        public void MissingFilesAreNamed()
        {
            var error = Assert.Throws<HemlineException>(() => DeformationField.Load("フォルダー/none.npz"));
            Assert.AreEqual(Status.FileError, error.Status);
            StringAssert.Contains("フォルダー", error.Message);
        }

        [Test]
        public void LengthsAreCheckedBeforeTheCall()
        {
            Assert.Throws<ArgumentException>(() => Surface.Create(new float[4], Triangles));
            Assert.Throws<ArgumentException>(() => Surface.Create(Points, new int[4]));
            using (var graph = RadiusGraph.Create(Points, 0.1f))
            {
                Assert.Throws<ArgumentException>(() => Smoothing.Radius(graph, new float[5], 1));
                Assert.Throws<ArgumentException>(() => Smoothing.Radius(graph, new float[Points.Length], 3, new float[2]));
            }

            Assert.Throws<ArgumentException>(() => new WeightRows(new int[2], new int[1], new float[2], 1).ToDense());
        }

        [Test]
        public void MissingArgumentsAreNamed()
        {
            var rows = new RowArrays(new int[1], new int[0], new float[0], 1);
            var calls = new Dictionary<string, TestDelegate>
            {
                ["graph"] = () => Smoothing.MaxFilter(null, Points, 1),
                ["body"] = () => Penetration.Measure(null, Points),
                ["Body"] = () => WeightStage.Run(default),
                ["field"] = () => new FieldUse(null),
                ["posed"] = () => new BonePose(null),
                ["offsets"] = () => new RowArrays(null, new int[0], new float[0], 1),
                ["triangles"] = () => new CostumeMesh("shirt", Points, null, rows),
                ["pair"] = () => OutfitRetarget.Run(
                    new Outfit(new Skeleton(new string[0], new int[0], new double[0]), new CostumeMesh[0]), null, null),
            };
            foreach (var call in calls)
            {
                Assert.AreEqual(call.Key, Assert.Throws<ArgumentNullException>(call.Value).ParamName);
            }
        }

        [Test]
        public void CountsBelowZeroAreRefused()
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => Library.MemoryBudget = -1);
            Assert.Throws<ArgumentOutOfRangeException>(() => IndexCache.Limit = -1);
            Assert.Throws<ArgumentOutOfRangeException>(() => WeightCleanup.Limit(new float[0], -1));
            Assert.Throws<ArgumentException>(() => WeightCleanup.Limit(new float[2], 0));
            Assert.AreEqual(0, WeightCleanup.Limit(new float[0], 0));
            Assert.Throws<ArgumentOutOfRangeException>(() => Distances.FindChangedRows<float>(Points, Points, -3));
        }

        [Test]
        public void ChangedRowsOfAnyType()
        {
            bool[] before = { true, true, false, false, true, true }, after = { true, true, false, true, true, true };
            Assert.AreEqual(new byte[] { 0, 1, 0 }, Distances.FindChangedRows<bool>(before, after, 2));
        }

        [Test]
        public void EmptyArraysAreLegal()
        {
            using (var body = Surface.Create(Points, Triangles))
            {
                Assert.IsEmpty(Penetration.Measure(body, new float[0]));
                Assert.IsEmpty(body.FindClosest(default).Triangles);
            }
        }

        [Test]
        public void ProgressRisesOnTheCallingThread()
        {
            var heard = new List<float>();
            int thread = Thread.CurrentThread.ManagedThreadId;
            var listener = new Listener(fraction =>
            {
                Assert.AreEqual(thread, Thread.CurrentThread.ManagedThreadId);
                heard.Add(fraction);
            });
            Transfer(listener, CancellationToken.None);
            Assert.Greater(heard.Count, 1);
            CollectionAssert.IsOrdered(heard);
            Assert.GreaterOrEqual(heard[0], 0);
            Assert.LessOrEqual(heard[heard.Count - 1], 1);
        }

        [Test]
        public void TheListenersExceptionComesOut()
        {
            var listener = new Listener(fraction => { throw new InvalidTimeZoneException("mine"); });
            Assert.AreEqual(
                "mine",
                Assert.Throws<InvalidTimeZoneException>(() => Transfer(listener, CancellationToken.None)).Message);
        }

        [Test]
        public void CancelledFromTheListener()
        {
            using (var source = new CancellationTokenSource())
            {
                var listener = new Listener(fraction => source.Cancel());
                var error = Assert.Throws<OperationCanceledException>(() => Transfer(listener, source.Token));
                Assert.AreEqual(source.Token, error.CancellationToken);
            }
        }

        [Test]
        public void CancelledBeforeTheCall()
        {
            using (var source = new CancellationTokenSource())
            {
                source.Cancel();
                Assert.Throws<OperationCanceledException>(() => Transfer(null, source.Token));
            }
        }

        [Test]
        public void CancelledFromAnotherThread()
        {
            using (var source = new CancellationTokenSource())
            using (var started = new ManualResetEventSlim())
            {
                var other = new Thread(() =>
                {
                    started.Wait();
                    source.Cancel();
                });
                other.Start();
                Assert.Throws<OperationCanceledException>(() =>
                {
                    for (int call = 0; call < 100000; call++)
                    {
                        started.Set();
                        Transfer(null, source.Token);
                    }
                });
                other.Join();
            }
        }

        [Test]
        public void DisposedHandlesAreRefused()
        {
            var body = Surface.Create(Points, Triangles);
            body.Dispose();
            body.Dispose();
            Assert.Throws<ObjectDisposedException>(() => body.FindClosest(Points));

            var rows = SparseWeights.FromDense(new float[] { 1, 0 }, 2);
            rows.Dispose();
            Assert.Throws<ObjectDisposedException>(() => rows.Rows.ToDense());
        }

        [Test]
        public void ManyThreadsShareAHandle()
        {
            float[][] found = new float[4][];
            using (var body = Surface.Create(Points, Triangles))
            {
                var threads = new Thread[found.Length];
                for (int number = 0; number < threads.Length; number++)
                {
                    int slot = number;
                    threads[slot] = new Thread(() => found[slot] = Penetration.Measure(body, Points));
                    threads[slot].Start();
                }

                Array.ForEach(threads, thread => thread.Join());
            }

            Array.ForEach(found, depths => CollectionAssert.AreEqual(found[0], depths));
        }

        /// <summary>Pointers, numbers, enums and structs of these: nothing that has to be marshalled.</summary>
        static void CheckPlain(Type type, string where)
        {
            bool isMarshalled = type == typeof(bool) || type == typeof(char) || !(type.IsPointer || type.IsValueType);
            Assert.IsFalse(isMarshalled, "{0} has a {1}", where, type);
        }

        static void Transfer(IProgress<float> progress, CancellationToken cancel)
        {
            using (var body = Surface.Create(Points, Triangles))
            {
                float[] outfit = TestMeshes.TubePoints(Rings, Sides, 0.25f);
                WeightTransfer.Robust(
                    body, TestMeshes.TubeWeights(Points).Rows, outfit, Triangles, null, progress, cancel).Dispose();
            }
        }

        sealed class Listener : IProgress<float>
        {
            readonly Action<float> report;

            internal Listener(Action<float> report)
            {
                this.report = report;
            }

            public void Report(float value)
            {
                report(value);
            }
        }
    }
}
