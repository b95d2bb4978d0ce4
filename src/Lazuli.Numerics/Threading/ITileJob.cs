namespace Lazuli.Numerics;

/// <summary>Work cut into tiles whose borders depend on shape only. An unmanaged struct: it lives on the caller's stack, so a dispatch allocates nothing.</summary>
internal interface ITileJob
{
    /// <summary>Does tile <paramref name="tile"/>. <paramref name="worker"/> (0 = the caller) picks per-thread scratch and must not change any result.</summary>
    void Execute(int tile, int worker);
}
