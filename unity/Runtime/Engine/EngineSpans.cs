// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Runtime.InteropServices;
using Unity.Collections;
using Unity.Collections.LowLevel.Unsafe;
using UnityEngine;

namespace Hemline.Engine
{
    /// <summary>
    /// Unity's arrays as the spans that all of hemline takes, without a copy. A view of a NativeArray is
    /// valid until that is disposed of, and Unity's checks of jobs do not watch it.
    /// </summary>
    public static unsafe class EngineSpans
    {
        /// <summary>A view of native memory.</summary>
        public static Span<T> View<T>(this NativeArray<T> array) where T : struct
        {
            return new Span<T>(array.GetUnsafePtr(), array.Length);
        }

        /// <summary>A view of native memory that is only read.</summary>
        public static ReadOnlySpan<T> ReadOnlyView<T>(this NativeArray<T> array) where T : struct
        {
            return new ReadOnlySpan<T>(array.GetUnsafeReadOnlyPtr(), array.Length);
        }

        /// <summary>A view of native memory: 3 numbers a vector.</summary>
        public static Span<float> ViewFloats(this NativeArray<Vector3> array)
        {
            return new Span<float>(array.GetUnsafePtr(), 3 * array.Length);
        }

        /// <summary>A view of an array: 3 numbers a vector.</summary>
        public static Span<float> ViewFloats(this Vector3[] array)
        {
            return MemoryMarshal.Cast<Vector3, float>(array.AsSpan());
        }

        /// <summary>A matrix as 16 numbers, row-major, in hemline's axes.</summary>
        public static double[] FromUnity(this Matrix4x4 matrix)
        {
            double[] numbers = new double[16];
            for (int entry = 0; entry < 16; entry++)
            {
                numbers[entry] = matrix[entry / 4, entry % 4];
            }

            return Axes.MatrixFromUnity(numbers);
        }

        /// <summary>The way back.</summary>
        public static Matrix4x4 ToUnity(ReadOnlySpan<double> matrix)
        {
            double[] numbers = Axes.MatrixToUnity(matrix);
            var result = default(Matrix4x4);
            for (int entry = 0; entry < 16; entry++)
            {
                result[entry / 4, entry % 4] = (float)numbers[entry];
            }

            return result;
        }
    }
}
