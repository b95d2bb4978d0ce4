namespace Lazuli.Numerics;

/// <summary>Which operands of <see cref="IBackend.MatMul"/> are stored transposed.</summary>
public enum MatMulKind
{
    /// <summary>a [M,K], b [K,N].</summary>
    NN,

    /// <summary>a [M,K], b [N,K].</summary>
    NT,

    /// <summary>a [K,M], b [K,N].</summary>
    TN,
}
