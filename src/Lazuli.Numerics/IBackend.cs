namespace Lazuli.Numerics;

/// <summary>A device that runs coarse operators on opaque buffers. Layers and steps speak to this and to nothing below it.</summary>
/// <remarks>
/// <para>Letters: R rows, C channels, V vocabulary, B batch, T time, H query heads, G key/value heads (H divisible by G), D head size, F feed-forward width.
/// Matrices are row-major without gaps; weights of a linear layer are stored <c>[out, in]</c>.</para>
/// <para>Operators are enqueued in order; only <see cref="Download{T}"/> waits for the device, so a step has no hidden host read.</para>
/// <para>Determinism: each operator has one order of summation fixed by its shape. Results do not depend on thread count, alignment, or what else runs.
/// For row-wise operators (everything but weight gradients, losses' sums and norms) a row's result does not depend on the number of rows.</para>
/// <para>Shapes are checked at the border: a wrong one throws <see cref="ArgumentException"/> that names wanted and found. Outputs may not overlap inputs unless said.
/// Not thread-safe: one caller at a time; the backend spreads work over its own threads.</para>
/// </remarks>
public interface IBackend : IDisposable
{
    /// <summary>Short name, e.g. <c>cpu</c>.</summary>
    string Name { get; }

    /// <summary>The instruction tier in use.</summary>
    InstructionTier Tier { get; }

    /// <summary>Threads that share an operator's work.</summary>
    int ThreadCount { get; }

    // ---- memory ----

    /// <summary>A new arena; it grows when asked for more than <paramref name="initialBytes"/>.</summary>
    DeviceArena CreateArena(string name, long initialBytes = 0);

    /// <summary>Host to device. Lengths must match; <typeparamref name="T"/> is <see cref="float"/>, <see cref="int"/> or <see cref="byte"/> as the buffer says.</summary>
    void Upload<T>(ReadOnlySpan<T> source, DeviceBuffer destination)
        where T : unmanaged;

    /// <summary>Device to host; waits for all enqueued work.</summary>
    void Download<T>(DeviceBuffer source, Span<T> destination)
        where T : unmanaged;

    /// <summary>Device to device, same length and type.</summary>
    void Copy(DeviceBuffer source, DeviceBuffer destination);

    /// <summary>Sets every float to <paramref name="value"/>.</summary>
    void Fill(DeviceBuffer buffer, float value);

    /// <summary>Normal numbers of mean 0: element i is a pure function of (<paramref name="seed"/>, <paramref name="stream"/>, i).</summary>
    void FillNormal(DeviceBuffer buffer, float standardDeviation, ulong seed, ulong stream);

    /// <summary><c>y[i] += alpha · x[i]</c>.</summary>
    void AddScaled(DeviceBuffer x, float alpha, DeviceBuffer y);

    /// <summary>Read-only bytes of the host that the caller keeps mapped for as long as the buffer is used, such as a file of weights. On the host's own processor nothing is copied.</summary>
    DeviceBuffer MapBytes(nint address, long byteLength);

    // ---- linear algebra ----

    /// <summary><c>y[R,Out] = x[R,In] · weightᵀ (+ bias[Out])</c>, or <c>y +=</c> when <paramref name="accumulate"/>. Sum over In in ascending order within blocks fixed by In.</summary>
    /// <remarks>With <paramref name="accumulate"/> this is also the residual add: <c>residual += proj(x)</c>.</remarks>
    void Linear(LinearShape shape, DeviceBuffer x, DeviceBuffer weight, DeviceBuffer bias, DeviceBuffer y, bool accumulate = false);

    /// <summary><c>dx[R,In] = dy[R,Out] · weight</c>, or <c>dx +=</c>.</summary>
    void LinearBackwardInput(LinearShape shape, DeviceBuffer dy, DeviceBuffer weight, DeviceBuffer dx, bool accumulate = false);

    /// <summary><c>dWeight[Out,In] += dyᵀ · x</c>, and <c>dBias[Out] += Σ_rows dy</c> where <paramref name="dBias"/> is given.</summary>
    void LinearBackwardWeight(LinearShape shape, DeviceBuffer dy, DeviceBuffer x, DeviceBuffer dWeight, DeviceBuffer dBias);

    /// <summary>Plain product for optimizers and tools: <c>c[M,N] = alpha · op(a) · op(b) + beta · c</c>; op transposes as <paramref name="kind"/> says.</summary>
    void MatMul(MatMulKind kind, int m, int n, int k, float alpha, DeviceBuffer a, DeviceBuffer b, float beta, DeviceBuffer c);

    /// <summary>Floats that <see cref="PackWeight"/> needs for a weight of this shape.</summary>
    long PackedWeightLength(LinearShape shape);

    /// <summary>Lays a weight <c>[Out, In]</c> out as <see cref="LinearPacked"/> likes it. Done once at load; forward-only users keep just the packed form.</summary>
    void PackWeight(LinearShape shape, DeviceBuffer weight, DeviceBuffer packed);

    /// <summary>The same numbers, to the bit, as <see cref="Linear"/> of the unpacked weight, for any number of rows.</summary>
    void LinearPacked(LinearShape shape, DeviceBuffer x, DeviceBuffer packed, DeviceBuffer bias, DeviceBuffer y, bool accumulate = false);

    /// <summary>Linear layers with weights in stored formats and one input: <c>y[r,:] = x[r,:] · weightᵀ (+ bias)</c>, or <c>y +=</c>; y is [R, Σ Out], the outputs of <paramref name="parts"/> (1 to 16) side by side in each row.</summary>
    /// <remarks>
    /// Integer formats multiply activations rounded to 8 bits by runs of 32 (<c>scale = max|x| / 127</c>): an output is off by at most <c>Σ_runs ½ scale · Σ|w|</c> and the rounding of floats.
    /// Products inside a run are summed exactly; runs are added in ascending order. F32, F16 and BF16 multiply unrounded activations, whose size has to stay below 2⁶³ for F16.
    /// Halves inside weights must be finite. A row that holds NaN or infinity gives NaN or infinity in that row only. The result of a row does not depend on the other rows or parts.
    /// </remarks>
    /// <exception cref="ArgumentException"><paramref name="inputs"/> is no whole number of a format's blocks, or a buffer has another size.</exception>
    void LinearQuantized(int rows, int inputs, DeviceBuffer x, ReadOnlySpan<QuantizedWeight> parts, DeviceBuffer y, bool accumulate = false);

    // ---- embedding ----

    /// <summary><c>y[r,:] = table[ids[r],:]</c>. Ids outside [0, V) throw.</summary>
    void EmbeddingGather(int channels, DeviceBuffer ids, DeviceBuffer table, DeviceBuffer y, bool accumulate = false);

    /// <summary><c>y[r,:] = table[ids[r],:]</c> from rows of bytes in <paramref name="format"/> and <paramref name="layout"/>. Ids outside [0, V) throw.</summary>
    void EmbeddingGatherQuantized(WeightFormat format, int channels, DeviceBuffer ids, DeviceBuffer table, DeviceBuffer y, WeightLayout layout = WeightLayout.Rows);

    /// <summary><c>dTable[ids[r],:] += dy[r,:]</c>, in ascending order of r for each id.</summary>
    void EmbeddingScatterAdd(int channels, DeviceBuffer ids, DeviceBuffer dy, DeviceBuffer dTable);

    // ---- normalisation ----

    /// <summary><c>y[r,c] = x[r,c] · gain[c] · rstd[r]</c>, <c>rstd[r] = 1/sqrt(mean_c x² + eps)</c>; <paramref name="rstd"/> [R] is kept for the backward pass.</summary>
    void RmsNorm(int channels, float epsilon, DeviceBuffer x, DeviceBuffer gain, DeviceBuffer y, DeviceBuffer rstd);

    /// <summary>Backward of <see cref="RmsNorm"/>: <c>dx +=</c> its input gradient, <c>dGain +=</c> its gain gradient.</summary>
    void RmsNormBackward(int channels, DeviceBuffer x, DeviceBuffer gain, DeviceBuffer rstd, DeviceBuffer dy, DeviceBuffer dx, DeviceBuffer dGain);

    /// <summary>Layer normalisation with gain and bias; <paramref name="mean"/>, <paramref name="rstd"/> [R] are kept.</summary>
    void LayerNorm(int channels, float epsilon, DeviceBuffer x, DeviceBuffer gain, DeviceBuffer bias, DeviceBuffer y, DeviceBuffer mean, DeviceBuffer rstd);

    /// <summary>Backward of <see cref="LayerNorm"/>: <c>dx +=</c>, <c>dGain +=</c>, <c>dBias +=</c>.</summary>
    void LayerNormBackward(int channels, DeviceBuffer x, DeviceBuffer gain, DeviceBuffer mean, DeviceBuffer rstd, DeviceBuffer dy, DeviceBuffer dx, DeviceBuffer dGain, DeviceBuffer dBias);

    // ---- position ----

    /// <summary>Fills <paramref name="cosSin"/> [maxPositions, D] with D/2 cosines then D/2 sines of <c>position · base^(-2j/D)</c>, computed in double.</summary>
    void RopeTable(int maxPositions, int headSize, double frequencyBase, DeviceBuffer cosSin);

    /// <summary>The same with a frequency a pair, in radians a position: for stretched contexts. <paramref name="frequencies"/> has D/2.</summary>
    void RopeTable(int maxPositions, ReadOnlySpan<double> frequencies, DeviceBuffer cosSin);

    /// <summary>Root-mean-square norm of each of <paramref name="heads"/> heads from column <paramref name="column"/> of each row of <paramref name="x"/> [R, stride], in place; <paramref name="gain"/> [D] is shared by the heads.</summary>
    void RmsNormHeads(RopeShape shape, float epsilon, DeviceBuffer x, DeviceBuffer gain, int column, int heads);

    /// <summary>Rotates, in place, <paramref name="heads"/> heads that start at column <paramref name="column"/> of each row of <paramref name="x"/> [R, stride]; <paramref name="positions"/> [R]. <paramref name="inverse"/> rotates back, which is the backward pass.</summary>
    void Rope(RopeShape shape, DeviceBuffer x, DeviceBuffer positions, DeviceBuffer cosSin, int column, int heads, bool inverse = false);

    // ---- activations ----

    /// <summary><c>y[r,f] = silu(gateUp[r,f]) · gateUp[r,F+f]</c>; gateUp is [R, 2F].</summary>
    void SwiGlu(int width, DeviceBuffer gateUp, DeviceBuffer y);

    /// <summary>Backward of <see cref="SwiGlu"/>: writes <paramref name="dGateUp"/> [R, 2F], which may be <paramref name="gateUp"/> itself.</summary>
    void SwiGluBackward(int width, DeviceBuffer gateUp, DeviceBuffer dy, DeviceBuffer dGateUp);

    /// <summary>GELU, tanh form: <c>0.5x(1 + tanh(√(2/π)(x + 0.044715x³)))</c>, elementwise.</summary>
    void Gelu(DeviceBuffer x, DeviceBuffer y);

    /// <summary>Backward of <see cref="Gelu"/>: <c>dx[i] = dy[i] · gelu'(x[i])</c>; <paramref name="dx"/> may be <paramref name="dy"/> or <paramref name="x"/>.</summary>
    void GeluBackward(DeviceBuffer x, DeviceBuffer dy, DeviceBuffer dx);

    // ---- attention ----

    /// <summary>Causal grouped-query attention of B sequences of T tokens without a T×T matrix (Dao 2022). <paramref name="qkv"/> is [B·T, (H+2G)·D] (queries, keys, values side by side), <paramref name="y"/> [B·T, H·D], <paramref name="logSumExp"/> [B·H·T] kept for the backward pass. Scale 1/√D.</summary>
    /// <remarks><paramref name="firstKeys"/> [B·T] of 32-bit integers keeps documents that share a sequence apart: token t sees keys from firstKeys[t] (0..t) to t. None: from 0.</remarks>
    void CausalAttention(AttentionShape shape, DeviceBuffer qkv, DeviceBuffer y, DeviceBuffer logSumExp, DeviceBuffer firstKeys = default);

    /// <summary>Backward of <see cref="CausalAttention"/>; writes <paramref name="dQkv"/>, laid out as qkv.</summary>
    void CausalAttentionBackward(AttentionShape shape, DeviceBuffer qkv, DeviceBuffer y, DeviceBuffer logSumExp, DeviceBuffer dy, DeviceBuffer dQkv, DeviceBuffer firstKeys = default);

    /// <summary>Stores keys and values of R new tokens into pages: row r goes to slot <c>slots[r] = page·pageSize + offset</c> of <paramref name="keyPool"/> and <paramref name="valuePool"/> [pages, G, pageSize, D], rounded to the shape's <see cref="KeyValueFormat"/>.</summary>
    void StoreKeyValue(PagedAttentionShape shape, DeviceBuffer qkv, DeviceBuffer slots, DeviceBuffer keyPool, DeviceBuffer valuePool);

    /// <summary>Attention of R query rows (in qkv [R, (H+2G)·D]) over paged keys and values: row r belongs to table row <c>sequences[r]</c> of <paramref name="pageTable"/> [sequences, maxPages] and sees positions 0..<c>positions[r]</c>. One order of summation, over tiles equal to the page, whatever the other rows are.</summary>
    void PagedAttention(PagedAttentionShape shape, DeviceBuffer qkv, DeviceBuffer keyPool, DeviceBuffer valuePool, DeviceBuffer pageTable, DeviceBuffer sequences, DeviceBuffer positions, DeviceBuffer y);

    // ---- loss ----

    /// <summary>Linear head and softmax cross-entropy in one, chunked so that all logits never exist. Row r with <c>targets[r] ≥ 0</c> has loss <c>−log softmax(x[r]·weightᵀ)[target]</c> in nats, written to <paramref name="losses"/> [R] (0 where the target is −1).</summary>
    /// <remarks>Where <paramref name="dx"/> is given: <c>dx[r] =</c> and <c>dWeight +=</c> the gradients of <c>gradientScale · Σ losses</c>; <paramref name="dWeight"/> must then be given too.</remarks>
    void LinearCrossEntropy(LinearShape shape, DeviceBuffer x, DeviceBuffer weight, DeviceBuffer targets, DeviceBuffer losses, float gradientScale, DeviceBuffer dx, DeviceBuffer dWeight);

    // ---- optimizers ----

    /// <summary>Writes <c>norm[0] = ‖gradients‖₂</c> and <c>norm[1] = min(1, maxNorm / norm[0])</c> (1 where <paramref name="maxNorm"/> is 0; NaN where the norm is not finite).</summary>
    void GlobalNorm(DeviceBuffer gradients, float maxNorm, DeviceBuffer norm);

    /// <summary>One pass of AdamW (Loshchilov and Hutter 2019): gradients are multiplied by <c>norm[1]</c>, moments and parameters updated, bias corrected by <see cref="AdamWStep.Step"/>. Where norm[1] is NaN nothing changes.</summary>
    void AdamW(AdamWStep step, DeviceBuffer parameters, DeviceBuffer gradients, DeviceBuffer firstMoment, DeviceBuffer secondMoment, DeviceBuffer norm);

    /// <summary>Muon on one matrix <c>[rows, columns]</c>: momentum of the clipped gradient, Nesterov look-ahead, five Newton–Schulz steps, decayed update. <paramref name="scratch"/> has <see cref="MuonScratchLength"/> floats. Where norm[1] is NaN nothing changes.</summary>
    void Muon(MuonStep step, int rows, int columns, DeviceBuffer parameters, DeviceBuffer gradients, DeviceBuffer momentum, DeviceBuffer norm, DeviceBuffer scratch);

    /// <summary>Floats of scratch that <see cref="Muon"/> needs.</summary>
    long MuonScratchLength(int rows, int columns);

    /// <summary><see cref="Muon"/> on many matrices of flat buffers, to the same bits; faster where they are small, since each is one thread's work.</summary>
    /// <remarks><paramref name="scratch"/> has <see cref="ThreadCount"/> times the <see cref="MuonScratchLength"/> of the matrix that needs most.</remarks>
    void MuonEach(MuonStep step, IReadOnlyList<MuonMatrix> matrices, DeviceBuffer parameters, DeviceBuffer gradients, DeviceBuffer momentum, DeviceBuffer norm, DeviceBuffer scratch);

    /// <summary>Waits until all enqueued work is done.</summary>
    void Synchronize();
}
