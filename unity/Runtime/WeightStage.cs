// SPDX-License-Identifier: MIT OR Apache-2.0
using System;
using System.Threading;

namespace Hemline
{
    /// <summary>What goes into the weight stage. The outfit's pieces come one after another in common arrays.</summary>
    public ref struct WeightStageInput
    {
        /// <summary>The body.</summary>
        public Surface Body;

        /// <summary>Its weights, a row a vertex; body and outfit have common groups.</summary>
        public WeightRows BodyWeights;

        /// <summary>The outfit's positions, 3 numbers a vertex, in the body's space.</summary>
        public ReadOnlySpan<float> Points;

        /// <summary>Vertices, 3 a triangle, those of one triangle in one piece.</summary>
        public ReadOnlySpan<int> Triangles;

        /// <summary>Vertices, 2 an edge; left out: those of the triangles.</summary>
        public ReadOnlySpan<int> Edges;

        /// <summary>A <see cref="GroupRole"/> a group; left out: all are the body's.</summary>
        public ReadOnlySpan<GroupRole> Roles;

        /// <summary>The mirrored group of each, itself in the middle, <see cref="Library.NoIndex"/> for none; left out: no sides.</summary>
        public ReadOnlySpan<int> Mirror;

        /// <summary>The first vertex of each piece, then the number of vertices; left out: one piece.</summary>
        public ReadOnlySpan<int> PieceStarts;

        /// <summary>A number a piece, which follows those of lower layers; left out: one layer.</summary>
        public ReadOnlySpan<int> Layers;

        /// <summary>Present weights, a row a vertex; may be left out.</summary>
        public WeightRows Present;

        /// <summary>A number a vertex: 1 takes new weights, 0 keeps present ones; may be left out.</summary>
        public ReadOnlySpan<float> Mask;

        /// <summary>Options of the transfer; null for the defaults.</summary>
        public RobustOptions? Robust;

        /// <summary>Options of the other steps; null for the defaults.</summary>
        public WeightStageOptions? Options;
    }

    /// <summary>What the weight stage gives.</summary>
    public sealed class WeightStageResult : IDisposable
    {
        readonly byte[] sources;

        internal WeightStageResult(SparseWeights weights, byte[] sources, WeightStageReport report)
        {
            Weights = weights;
            this.sources = sources;
            Report = report;
        }

        /// <summary>The outfit's weights; rows sum to 1.</summary>
        public SparseWeights Weights { get; }

        /// <summary>What was done to how many vertices.</summary>
        public WeightStageReport Report { get; }

        /// <summary>Where the weights of a vertex come from.</summary>
        public WeightSource Source(int vertex)
        {
            return (WeightSource)sources[vertex];
        }

        /// <summary>Releases the weights.</summary>
        public void Dispose()
        {
            Weights.Dispose();
        }
    }

    /// <summary>From a body's skin weights to an outfit's, in one call.</summary>
    public static unsafe class WeightStage
    {
        /// <summary>Runs the stage.</summary>
        public static WeightStageResult Run(
            WeightStageInput input, IProgress<float> progress = null, CancellationToken cancel = default)
        {
            UIntPtr count = Arguments.Rows(input.Points.Length, 3, nameof(input.Points));
            CheckLengths(ref input, (int)count);
            byte[] sources = new byte[(int)count];
            var report = new WeightStageReport { struct_size = (uint)sizeof(WeightStageReport) };
            RobustOptions robust = input.Robust ?? RobustOptions.Default;
            WeightStageOptions options = input.Options ?? WeightStageOptions.Default;
            WeightRows body = input.BodyWeights;
            WeightRows present = input.Present;
            UIntPtr pieces = (UIntPtr)(uint)Math.Max(input.PieceStarts.Length - 1, 0);
            HemSparseWeights* made;
            using (var surface = NativeHandle.Borrow(input.Body, nameof(input.Body)))
            using (var call = new ProgressCall(progress, cancel))
            fixed (int* offsets = body.Offsets, groups = body.Groups, mirror = input.Mirror)
            fixed (int* triangles = input.Triangles, edges = input.Edges)
            fixed (int* starts = input.PieceStarts, layers = input.Layers)
            fixed (int* presentOffsets = present.Offsets, presentGroups = present.Groups)
            fixed (float* weights = body.Weights, presentWeights = present.Weights)
            fixed (float* points = input.Points, mask = input.Mask)
            fixed (GroupRole* roles = input.Roles)
            fixed (byte* outSources = sources)
            {
                call.Check(NativeMethods.hem_run_weight_stage(
                    (HemSurface*)surface.Pointer,
                    (uint*)offsets, body.Vertices, (uint*)groups, weights, body.Entries, body.GroupTotal,
                    (byte*)roles, (uint*)mirror,
                    points, count,
                    (uint*)triangles, Arguments.Rows(input.Triangles.Length, 3, nameof(input.Triangles)),
                    (uint*)edges, Arguments.Rows(input.Edges.Length, 2, nameof(input.Edges)),
                    (uint*)starts, (uint*)layers, pieces,
                    (uint*)presentOffsets, (uint*)presentGroups, presentWeights, present.Entries,
                    mask, &robust, &options, &made, outSources, &report, call.Pointer));
            }

            return new WeightStageResult(new SparseWeights(made), sources, report);
        }

        static void CheckLengths(ref WeightStageInput input, int count)
        {
            Arguments.OptionalLength(input.Roles.Length, input.BodyWeights.GroupCount, nameof(input.Roles));
            Arguments.OptionalLength(input.Mirror.Length, input.BodyWeights.GroupCount, nameof(input.Mirror));
            Arguments.OptionalLength(input.Mask.Length, count, nameof(input.Mask));
            Arguments.OptionalLength(input.Layers.Length, input.PieceStarts.Length - 1L, nameof(input.Layers));
            if (!input.Present.IsNone)
            {
                Arguments.Length(input.Present.VertexCount, count, nameof(input.Present));
                Arguments.Length(input.Present.GroupCount, input.BodyWeights.GroupCount, nameof(input.Present));
            }
        }
    }
}
