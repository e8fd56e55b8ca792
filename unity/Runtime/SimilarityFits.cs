// SPDX-License-Identifier: MIT OR Apache-2.0
using System;

namespace Hemline
{
    /// <summary>Rotation, translation and scale that carry points onto others with the least squared distance.</summary>
    public sealed unsafe class SimilarityFits
    {
        SimilarityFits(int count, int pointNumbers)
        {
            Transforms = new double[16 * count];
            Scales = new double[count];
            Residuals = new double[count];
            Points = new float[pointNumbers];
        }

        /// <summary>16 numbers a component, row-major.</summary>
        public double[] Transforms { get; }

        /// <summary>One a component.</summary>
        public double[] Scales { get; }

        /// <summary>Root mean squared distances that are left, one a component.</summary>
        public double[] Residuals { get; }

        /// <summary>The source points moved by their component's fit.</summary>
        public float[] Points { get; }

        /// <summary>Fits each component. Never a reflection.</summary>
        /// <param name="source">Positions, 3 numbers each.</param>
        /// <param name="target">As many.</param>
        /// <param name="labels">The component of each point, or none; left out: one.</param>
        /// <param name="weights">A number a point; left out: all count the same.</param>
        public static SimilarityFits Fit(
            ReadOnlySpan<float> source,
            ReadOnlySpan<float> target,
            ReadOnlySpan<int> labels = default,
            ReadOnlySpan<float> weights = default,
            FitOptions? options = null)
        {
            Library.Require();
            UIntPtr count = Arguments.Rows(source.Length, 3, nameof(source));
            Arguments.Length(target.Length, source.Length, nameof(target));
            Arguments.OptionalLength(labels.Length, (long)count, nameof(labels));
            Arguments.OptionalLength(weights.Length, (long)count, nameof(weights));
            UIntPtr components = labels.Length == 0 ? (UIntPtr)1u : Arguments.LabelCount(labels);
            var made = new SimilarityFits((int)components, source.Length);
            FitOptions chosen = options ?? FitOptions.Default;
            fixed (float* s = source, t = target, w = weights, p = made.Points)
            fixed (int* l = labels)
            fixed (double* m = made.Transforms, scales = made.Scales, residuals = made.Residuals)
            {
                Library.Check(NativeMethods.hem_fit_similarity(
                    s, t, w, (uint*)l, count, components, &chosen, m, scales, residuals, p));
            }

            return made;
        }
    }
}
