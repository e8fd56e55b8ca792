// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Runtime.InteropServices;

namespace Hemline
{
    /// <summary>Distances between points (3 numbers each), and what changed between two buffers.</summary>
    public static unsafe class Distances
    {
        /// <summary>From one point to many.</summary>
        public static float[] FromPoint(ReadOnlySpan<float> point, ReadOnlySpan<float> points)
        {
            Library.Require();
            Arguments.Length(point.Length, 3, nameof(point));
            float[] result = new float[(int)Arguments.Rows(points.Length, 3, nameof(points))];
            fixed (float* a = point, b = points, r = result)
            {
                Library.Check(NativeMethods.hem_distances(a, b, (UIntPtr)(uint)result.Length, r));
            }

            return result;
        }

        /// <summary>The same in double precision.</summary>
        public static double[] FromPoint(ReadOnlySpan<double> point, ReadOnlySpan<double> points)
        {
            Library.Require();
            Arguments.Length(point.Length, 3, nameof(point));
            double[] result = new double[(int)Arguments.Rows(points.Length, 3, nameof(points))];
            fixed (double* a = point, b = points, r = result)
            {
                Library.Check(NativeMethods.hem_distances_f64(a, b, (UIntPtr)(uint)result.Length, r));
            }

            return result;
        }

        /// <summary>From each point to each other; a row for each of the first.</summary>
        public static float[] Matrix(ReadOnlySpan<float> from, ReadOnlySpan<float> to)
        {
            Library.Require();
            UIntPtr rows = Arguments.Rows(from.Length, 3, nameof(from)), columns = Arguments.Rows(to.Length, 3, nameof(to));
            float[] result = new float[checked((int)rows * (int)columns)];
            fixed (float* a = from, b = to, r = result)
            {
                Library.Check(NativeMethods.hem_distance_matrix(a, rows, b, columns, r));
            }

            return result;
        }

        /// <summary>The same in double precision.</summary>
        public static double[] Matrix(ReadOnlySpan<double> from, ReadOnlySpan<double> to)
        {
            Library.Require();
            UIntPtr rows = Arguments.Rows(from.Length, 3, nameof(from)), columns = Arguments.Rows(to.Length, 3, nameof(to));
            double[] result = new double[checked((int)rows * (int)columns)];
            fixed (double* a = from, b = to, r = result)
            {
                Library.Check(NativeMethods.hem_distance_matrix_f64(a, rows, b, columns, r));
            }

            return result;
        }

        /// <summary>A byte a row: 1 where any bit differs between two buffers, else 0.</summary>
        /// <param name="before">The earlier copy.</param>
        /// <param name="after">As many values.</param>
        /// <param name="width">Values of a row.</param>
        public static byte[] FindChangedRows<T>(ReadOnlySpan<T> before, ReadOnlySpan<T> after, int width) where T : struct
        {
            Library.Require();
            Arguments.Length(after.Length, before.Length, nameof(after));
            Arguments.Count(width, nameof(width));
            byte[] changed = new byte[(int)Arguments.Rows(before.Length, width, nameof(before))];
            ReadOnlySpan<byte> earlier = MemoryMarshal.AsBytes(before), now = MemoryMarshal.AsBytes(after);
            // Not by Marshal.SizeOf, which tells the size that a value has in C: 4 bytes for a bool.
            UIntPtr rowBytes = (UIntPtr)(uint)(earlier.Length / Math.Max(changed.Length, 1));
            fixed (byte* a = earlier, b = now, result = changed)
            {
                Library.Check(NativeMethods.hem_find_changed_rows(
                    a, b, (UIntPtr)(uint)changed.Length, rowBytes, result, null));
            }

            return changed;
        }
    }
}
