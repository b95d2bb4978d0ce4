using System.Runtime.InteropServices;

namespace Lazuli.Numerics;

/// <summary>One whole matrix a tile. The products of small matrices lose a third of their time to meeting other threads; here nobody meets.</summary>
/// <remarks>A worker runs the plain operator on a backend of one thread, which adds in the same order as one of many.</remarks>
internal readonly struct MuonEachJob(GCHandle work) : ITileJob
{
    public void Execute(int tile, int worker) => ((MuonEachWork)work.Target!).Run(tile, worker);
}

/// <summary>What the tiles of <see cref="MuonEachJob"/> share; kept by the backend, so that a step allocates nothing.</summary>
internal sealed class MuonEachWork : IDisposable
{
    private readonly CpuBackend[] _solo;
    private readonly GCHandle _handle;
    private MuonStep _step;
    private IReadOnlyList<MuonMatrix> _matrices = [];
    private DeviceBuffer _parameters;
    private DeviceBuffer _gradients;
    private DeviceBuffer _momentum;
    private DeviceBuffer _norm;
    private DeviceBuffer _scratch;

    public MuonEachWork(int threads)
    {
        _solo = new CpuBackend[threads];
        for (int i = 0; i < threads; i++)
        {
            _solo[i] = new CpuBackend(1);
        }

        _handle = GCHandle.Alloc(this);
    }

    public MuonEachJob Prepare(MuonStep step, IReadOnlyList<MuonMatrix> matrices, DeviceBuffer parameters, DeviceBuffer gradients, DeviceBuffer momentum, DeviceBuffer norm, DeviceBuffer scratch)
    {
        _step = step;
        _matrices = matrices;
        _parameters = parameters;
        _gradients = gradients;
        _momentum = momentum;
        _norm = norm;
        _scratch = scratch;
        return new MuonEachJob(_handle);
    }

    public void Run(int tile, int worker)
    {
        MuonMatrix m = _matrices[tile];
        CpuBackend solo = _solo[worker];
        solo.Muon(
            _step, m.Rows, m.Columns, _parameters.Slice(m.Start, m.Length), _gradients.Slice(m.Start, m.Length), _momentum.Slice(m.Start, m.Length), _norm,
            _scratch.Slice(worker * (_scratch.Length / _solo.Length), solo.MuonScratchLength(m.Rows, m.Columns)));
    }

    public void Dispose()
    {
        _handle.Free();
        foreach (CpuBackend backend in _solo)
        {
            backend.Dispose();
        }
    }
}
