// SPDX-License-Identifier: MIT OR Apache-2.0
namespace Hemline
{
    /// <summary>How the influence of a neighbour falls with its distance.</summary>
    public enum Falloff : uint
    {
        /// <summary>exp(-d² / (2 s²)) with s = radius / 3.</summary>
        Gaussian = NativeMethods.HEM_FALLOFF_GAUSSIAN,

        /// <summary>max(0, 1 - d / radius).</summary>
        Linear = NativeMethods.HEM_FALLOFF_LINEAR,

        /// <summary>1.</summary>
        Uniform = NativeMethods.HEM_FALLOFF_UNIFORM,
    }

    /// <summary>How the motions of a vertex's bones are blended.</summary>
    public enum BlendMethod : uint
    {
        /// <summary>Linear blend skinning, Unity's own.</summary>
        Linear = NativeMethods.HEM_BLEND_LINEAR,

        /// <summary>Dual quaternions: Blender's "Preserve Volume".</summary>
        DualQuaternion = NativeMethods.HEM_BLEND_DUAL_QUATERNION,
    }

    /// <summary>What became of a vertex in skinning.</summary>
    public enum VertexStatus : byte
    {
        /// <summary>It moved with its bones.</summary>
        Skinned = NativeMethods.HEM_VERTEX_SKINNED,

        /// <summary>No bone applies to it: it stays.</summary>
        Unweighted = NativeMethods.HEM_VERTEX_UNWEIGHTED,

        /// <summary>Its bones blend to a map without an inverse.</summary>
        Singular = NativeMethods.HEM_VERTEX_SINGULAR,
    }

    /// <summary>How robust transfer chooses what to copy.</summary>
    public enum Matching : uint
    {
        /// <summary>Copies weighed by their distance and angle.</summary>
        ByConfidence = NativeMethods.HEM_MATCH_BY_CONFIDENCE,

        /// <summary>A hard choice by distance and angle: the published method.</summary>
        ByThreshold = NativeMethods.HEM_MATCH_BY_THRESHOLD,
    }

    /// <summary>Where the weights of a vertex come from.</summary>
    public enum WeightSource : byte
    {
        /// <summary>Inpainted from its neighbours.</summary>
        Inpainted = (byte)NativeMethods.HEM_SOURCE_INPAINTED,

        /// <summary>Copied from the body.</summary>
        Matched = (byte)NativeMethods.HEM_SOURCE_MATCHED,

        /// <summary>Copied for want of anything better: its island has no accepted match.</summary>
        Extrapolated = (byte)NativeMethods.HEM_SOURCE_EXTRAPOLATED,

        /// <summary>There are none, as the body has none there.</summary>
        Empty = (byte)NativeMethods.HEM_SOURCE_EMPTY,
    }

    /// <summary>What the weight stage does with a group.</summary>
    public enum GroupRole : byte
    {
        /// <summary>Transferred from the body.</summary>
        Body = (byte)NativeMethods.HEM_GROUP_BODY,

        /// <summary>The outfit's own bone, whose present share of each vertex is kept.</summary>
        Own = (byte)NativeMethods.HEM_GROUP_OWN,

        /// <summary>Present weights stay as they are.</summary>
        Locked = (byte)NativeMethods.HEM_GROUP_LOCKED,
    }

    /// <summary>Which parts of an outfit keep their form in the shape stage.</summary>
    public enum RigidParts : uint
    {
        /// <summary>None.</summary>
        None = NativeMethods.HEM_RIGID_NONE,

        /// <summary>Islands whose vertices all have the same weights.</summary>
        Detect = NativeMethods.HEM_RIGID_DETECT,

        /// <summary>Those that labels name.</summary>
        Labels = NativeMethods.HEM_RIGID_LABELS,
    }

    /// <summary>Kernel of a radial basis function; r is the distance.</summary>
    public enum RbfKernel : uint
    {
        /// <summary>-sqrt(r² + epsilon²).</summary>
        Multiquadric = NativeMethods.HEM_RBF_MULTIQUADRIC,

        /// <summary>-r.</summary>
        Biharmonic = NativeMethods.HEM_RBF_BIHARMONIC,

        /// <summary>r³.</summary>
        Triharmonic = NativeMethods.HEM_RBF_TRIHARMONIC,

        /// <summary>exp(-(r / epsilon)²).</summary>
        Gaussian = NativeMethods.HEM_RBF_GAUSSIAN,

        /// <summary>r² log(r).</summary>
        ThinPlate = NativeMethods.HEM_RBF_THIN_PLATE,

        /// <summary>(1 - r / epsilon)⁴ (4 r / epsilon + 1) up to epsilon, 0 beyond.</summary>
        WendlandC2 = NativeMethods.HEM_RBF_WENDLAND_C2,
    }

    /// <summary>How the system of a radial basis function is solved.</summary>
    public enum RbfSolver : uint
    {
        /// <summary>Iterative where that is known to converge and to be faster, else direct.</summary>
        Auto = NativeMethods.HEM_RBF_SOLVER_AUTO,

        /// <summary>By a dense factor.</summary>
        Direct = NativeMethods.HEM_RBF_SOLVER_DIRECT,

        /// <summary>By preconditioned conjugate gradients.</summary>
        Iterative = NativeMethods.HEM_RBF_SOLVER_ITERATIVE,
    }

    /// <summary>The side that a bone belongs to.</summary>
    public enum Side : byte
    {
        /// <summary>None, or both.</summary>
        Neither = (byte)NativeMethods.HEM_SIDE_NEITHER,

        /// <summary>+x in hemline's axes.</summary>
        Left = (byte)NativeMethods.HEM_SIDE_LEFT,

        /// <summary>-x in hemline's axes.</summary>
        Right = (byte)NativeMethods.HEM_SIDE_RIGHT,
    }

    /// <summary>What a fit may do.</summary>
    public enum Motion : uint
    {
        /// <summary>Rotation, translation and one scale.</summary>
        Similarity = NativeMethods.HEM_MOTION_SIMILARITY,

        /// <summary>Rotation and translation.</summary>
        Rigid = NativeMethods.HEM_MOTION_RIGID,
    }
}
