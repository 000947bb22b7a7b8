"""What is offered of PyTorch: one explicit list, for the torch engine; unknown means no.

Left out on purpose: whatever reads or writes files, memory by address, other devices, other processes, process-wide
settings; whatever lets a program put an attribute of any name on an object (ParameterDict, a scheduler's
load_state_dict), since `__array_interface__` is a door to all memory; kernels that do not check their indices
(ctc_loss, max_unpool, lu_solve, searchsorted); backward kernels and other native entry points that PyTorch's own
functions call with checked arguments.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BOTH = _words(
    """
    abs absolute acos acosh add addbmm addcdiv addcmul addmm addmv addr all allclose amax amin aminmax angle any arccos
    arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin argsort argwhere asin asinh atan atan2 atanh baddbmm
    bernoulli bincount bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor bmm
    broadcast_to ceil cholesky cholesky_inverse cholesky_solve chunk clamp clamp_max clamp_min clip clone conj copysign
    corrcoef cos cosh count_nonzero cov cross cummax cummin cumprod cumsum deg2rad det detach diag diag_embed diagflat
    diagonal diff digamma dist div divide dot dsplit eq equal erf erfc erfinv exp exp2 expm1 fix flatten flip fliplr
    flipud float_power floor floor_divide fmax fmin fmod frac frexp gather gcd ge ger greater greater_equal gt
    hardshrink heaviside histc hsplit hypot imag index_add index_copy index_fill index_put index_select inner
    inverse is_complex is_floating_point is_inference is_nonzero is_same_size is_signed isclose isfinite isinf isnan
    isneginf isposinf isreal kron kthvalue lcm ldexp le lerp less less_equal lgamma log log10 log1p log2 log_softmax
    logaddexp logaddexp2 logcumsumexp logdet logical_and logical_not logical_or logical_xor logit logsumexp lt
    masked_fill masked_scatter masked_select matmul matrix_exp matrix_power max maximum mean median min minimum mm mode
    moveaxis movedim msort mul multinomial multiply mv nan_to_num nanmean nanmedian nanquantile nansum narrow ne neg
    negative nextafter nonzero norm not_equal numel outer permute pinverse polygamma positive pow prelu prod qr quantile
    rad2deg ravel real reciprocal relu remainder renorm repeat_interleave reshape resolve_conj roll rot90 round rsqrt
    scatter scatter_add scatter_reduce select select_scatter sgn sigmoid sign signbit sin sinc sinh slice_scatter
    slogdet softmax sort split split_with_sizes sqrt square squeeze std sub subtract sum svd swapaxes swapdims t take
    take_along_dim tan tanh tensor_split tile topk trace transpose triangular_solve tril triu true_divide trunc unbind
    unflatten unique unique_consecutive unsqueeze var vdot vsplit where xlogy diagonal_scatter adjoint
    """
)
"""Functions of `torch` that are methods of tensors too."""

FUNCTIONS = BOTH | _words(
    """
    tensor as_tensor asarray from_numpy ones zeros full empty eye arange range linspace logspace rand randn randint
    randperm normal
    ones_like zeros_like full_like empty_like rand_like randn_like randint_like tril_indices triu_indices complex polar
    cat concat concatenate stack hstack vstack dstack column_stack row_stack atleast_1d atleast_2d atleast_3d
    broadcast_tensors broadcast_shapes block_diag cartesian_prod combinations meshgrid einsum tensordot chain_matmul
    cdist pdist trapezoid trapz cumulative_trapezoid gradient vander bucketize isin std_mean var_mean
    rsub celu selu rrelu threshold dropout poisson clip conv1d conv2d conv_transpose1d conv_transpose2d
    cosine_similarity pairwise_distance view_as_real view_as_complex triu tril
    manual_seed is_tensor is_grad_enabled is_inference_mode_enabled no_grad enable_grad set_grad_enabled inference_mode
    get_default_dtype result_type promote_types can_cast finfo iinfo
    """
)

CONSTANTS = _words(
    """
    Tensor Size dtype device Generator float float16 float32 float64 double half bfloat16 int int8 int16 int32 int64
    long short uint8 bool complex64 complex128 cfloat cdouble inf pi e nan strided contiguous_format preserve_format
    newaxis FloatTensor DoubleTensor HalfTensor BFloat16Tensor LongTensor IntTensor ShortTensor CharTensor ByteTensor
    BoolTensor
    """
)
"""Types, dtypes and numbers of `torch`."""

METHODS = BOTH | _words(
    """
    H T mH mT backward bool byte bfloat16 char contiguous cpu data device dim double dtype element_size expand expand_as
    float grad grad_fn half index_reduce int is_contiguous is_cpu is_cuda is_leaf is_sparse is_quantized is_meta item
    itemsize layout long name names nbytes ndim ndimension nelement new_empty new_full new_ones new_tensor new_zeros
    numpy output_nr register_hook register_post_accumulate_grad_hook repeat requires_grad requires_grad_ reshape_as
    retain_grad retains_grad shape short size stride sum_to_size to tolist type type_as unfold values view view_as
    _version is_inference
    """
)
"""Attributes of tensors, without those that work in place."""

INPLACE = frozenset(
    name + "_"
    for name in _words(
        """
        abs absolute acos acosh add addbmm addcdiv addcmul addmm addmv addr asin asinh atan atan2 atanh baddbmm
        bernoulli bitwise_and bitwise_not bitwise_or bitwise_xor cauchy ceil clamp clamp_max clamp_min clip copy
        copysign cos cosh cumprod cumsum deg2rad detach digamma div divide eq erf erfc erfinv exp exp2 expm1 exponential
        fill fill_diagonal fix float_power floor floor_divide fmod frac gcd ge geometric greater greater_equal gt
        heaviside hypot index_add index_copy index_fill index_put index_reduce lcm ldexp le lerp less less_equal lgamma
        log log10 log1p log2 log_normal logical_and logical_not logical_or logical_xor logit lt masked_fill
        masked_scatter mul multiply nan_to_num ne neg negative nextafter normal not_equal polygamma pow put rad2deg
        random reciprocal relu remainder renorm round rsqrt scatter scatter_add scatter_reduce sgn sigmoid sign sin sinc
        sinh sqrt square squeeze sub subtract swapaxes swapdims t tan tanh transpose tril triu true_divide trunc uniform
        unsqueeze xlogy zero
        """
    )
)

WRITABLE = _words("grad data requires_grad")
"""Attributes of tensors that may be set."""

FUNCTIONAL = _words(
    """
    adaptive_avg_pool1d adaptive_avg_pool2d adaptive_max_pool1d adaptive_max_pool2d affine_grid alpha_dropout avg_pool1d
    avg_pool2d avg_pool3d batch_norm bilinear binary_cross_entropy binary_cross_entropy_with_logits celu conv1d conv2d
    conv3d conv_transpose1d conv_transpose2d conv_transpose3d cosine_embedding_loss cosine_similarity cross_entropy
    dropout dropout1d dropout2d dropout3d elu embedding fold gaussian_nll_loss gelu glu grid_sample group_norm
    gumbel_softmax hardshrink hardsigmoid hardswish hardtanh hinge_embedding_loss huber_loss instance_norm interpolate
    kl_div l1_loss layer_norm leaky_relu linear local_response_norm log_softmax logsigmoid lp_pool1d lp_pool2d
    margin_ranking_loss max_pool1d max_pool2d max_pool3d mish mse_loss multi_margin_loss multilabel_margin_loss
    multilabel_soft_margin_loss nll_loss normalize one_hot pad pairwise_distance pdist pixel_shuffle pixel_unshuffle
    poisson_nll_loss prelu relu relu6 rms_norm rrelu scaled_dot_product_attention selu sigmoid silu smooth_l1_loss
    soft_margin_loss softmax softmin softplus softshrink softsign tanh tanhshrink threshold triplet_margin_loss unfold
    upsample
    """
)

INIT = _words(
    """
    uniform_ normal_ constant_ ones_ zeros_ eye_ xavier_uniform_ xavier_normal_ kaiming_uniform_ kaiming_normal_
    orthogonal_ trunc_normal_ calculate_gain
    """
)

MODULES = _words(
    """
    Module Parameter ParameterList ModuleList ModuleDict Sequential Identity Linear Bilinear Flatten
    Unflatten Embedding Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d MaxPool1d MaxPool2d MaxPool3d AvgPool1d
    AvgPool2d AvgPool3d AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveMaxPool1d AdaptiveMaxPool2d BatchNorm1d BatchNorm2d
    BatchNorm3d LayerNorm GroupNorm InstanceNorm1d InstanceNorm2d RMSNorm Dropout Dropout1d Dropout2d AlphaDropout ReLU
    ReLU6 LeakyReLU PReLU RReLU ELU SELU CELU GELU SiLU Mish GLU Sigmoid LogSigmoid Tanh Tanhshrink Hardtanh Hardsigmoid
    Hardswish Hardshrink Softplus Softshrink Softsign Softmax Softmin LogSoftmax Threshold RNN LSTM GRU RNNCell LSTMCell
    GRUCell MultiheadAttention TransformerEncoderLayer TransformerEncoder TransformerDecoderLayer TransformerDecoder
    MSELoss L1Loss SmoothL1Loss HuberLoss CrossEntropyLoss NLLLoss PoissonNLLLoss GaussianNLLLoss BCELoss
    BCEWithLogitsLoss KLDivLoss MarginRankingLoss HingeEmbeddingLoss CosineEmbeddingLoss SoftMarginLoss MultiMarginLoss
    TripletMarginLoss CosineSimilarity PairwiseDistance Fold Unfold Upsample PixelShuffle PixelUnshuffle
    ConstantPad1d ConstantPad2d ZeroPad1d ZeroPad2d ReflectionPad1d ReflectionPad2d ReplicationPad1d ReplicationPad2d
    """
)

MODULE_METHODS = _words(
    """
    parameters named_parameters children named_children modules named_modules buffers named_buffers train eval zero_grad
    requires_grad_ state_dict load_state_dict register_buffer register_parameter register_module register_forward_hook
    register_forward_pre_hook register_full_backward_hook apply add_module get_parameter get_submodule get_buffer double
    float half to cpu type extra_repr forward training append extend insert items keys values pop reset_parameters
    """
)

UTILS = _words("clip_grad_norm_ clip_grad_value_ get_total_norm parameters_to_vector vector_to_parameters")

OPTIMIZERS = _words("SGD Adam AdamW Adamax NAdam RAdam RMSprop Adagrad Adadelta ASGD Rprop Optimizer")
OPTIMIZER_METHODS = _words("step zero_grad param_groups state_dict load_state_dict state defaults add_param_group")
SCHEDULERS = _words(
    """
    StepLR MultiStepLR ExponentialLR CosineAnnealingLR LinearLR ConstantLR PolynomialLR LambdaLR MultiplicativeLR
    ReduceLROnPlateau OneCycleLR CyclicLR CosineAnnealingWarmRestarts SequentialLR
    """
)
SCHEDULER_METHODS = _words("step get_last_lr get_lr state_dict last_epoch base_lrs")

AUTOGRAD = _words("grad backward Function no_grad enable_grad set_grad_enabled inference_mode Variable gradcheck")
AUTOGRAD_FUNCTIONAL = _words("jacobian hessian vjp jvp hvp vhp")
FUNCTION_METHODS = _words("apply forward backward setup_context vjp jvp")
CONTEXT = _words(
    "save_for_backward saved_tensors mark_dirty mark_non_differentiable set_materialize_grads needs_input_grad"
)
NODE = _words("name next_functions metadata register_hook register_prehook variable")

LINALG = _words(
    """
    cholesky cond cross det diagonal eig eigh eigvals eigvalsh inv lstsq lu lu_factor matmul matrix_exp
    matrix_norm matrix_power matrix_rank multi_dot norm pinv qr slogdet solve solve_triangular svd svdvals tensorinv
    tensorsolve vander vecdot vector_norm
    """
)
SPECIAL = _words(
    """
    digamma entr erf erfc erfcx erfinv exp2 expit expm1 gammainc gammaincc gammaln i0 i0e i1 i1e log1p log_ndtr
    log_softmax logit logsumexp multigammaln ndtr ndtri polygamma psi round sinc softmax xlog1py xlogy zeta
    """
)
FFT = _words(
    "fft fft2 fftn fftfreq fftshift hfft ifft ifft2 ifftn ifftshift ihfft irfft irfft2 irfftn rfft rfft2 rfftfreq rfftn"
)
FUNC = _words("grad grad_and_value jvp jacrev jacfwd hessian vmap")

SIZE = _words("numel index count")
DTYPE = _words("is_floating_point is_complex is_signed itemsize")
DEVICE = _words("type index")
GENERATOR = _words("manual_seed initial_seed device")
FINFO = _words("eps min max tiny bits resolution smallest_normal dtype")
IINFO = _words("min max bits dtype")
HANDLE = _words("remove")

KNOWN = (
    frozenset(
        f"torch.{name}"
        for name in _words(
            """
        load save hub ops jit onnx multiprocessing distributed mps compile amp export package storage
        from_file frombuffer set_default_dtype set_default_tensor_type set_num_threads
        set_num_interop_threads get_num_threads set_printoptions use_deterministic_algorithms
        seed initial_seed get_rng_state set_rng_state
        classes library overrides sparse quantization profiler fx futures testing Storage UntypedStorage
        TypedStorage as_strided ctc_loss autocast set_default_device func.vjp func.functional_call distributions
        sparse_coo_tensor
        nn.parallel nn.CTCLoss nn.DataParallel nn.MaxUnpool1d nn.MaxUnpool2d nn.functional.ctc_loss
        nn.ParameterDict optim.LBFGS nn.utils.rnn nn.utils.weight_norm nn.utils.spectral_norm nn.utils.parametrize
        nn.utils.parametrizations nn.utils.prune linalg.lu_solve searchsorted
        nn.functional.max_unpool1d nn.functional.max_unpool2d nn.functional.embedding_bag autograd.profiler
        utils.cpp_extension utils.checkpoint utils.dlpack utils.tensorboard utils.model_zoo utils.mobile_optimizer
        utils.benchmark utils.bottleneck utils.data.DistributedSampler utils.data.get_worker_info utils.data.datapipes
        cuda.amp cuda.current_device cuda.device cuda.get_device_name cuda.get_device_properties cuda.is_bf16_supported
        cuda.max_memory_allocated cuda.memory_allocated cuda.set_device cuda.synchronize cuda.Stream cuda.Event
        cuda.FloatTensor cuda.LongTensor backends.cuda backends.mkl backends.openmp accelerator.synchronize
        autograd.set_detect_anomaly autograd.detect_anomaly autograd.graph autograd.forward_ad set_warn_always
        """
        )
    )
    | frozenset(
        f"Tensor.{name}"
        for name in _words(
            """
        data_ptr storage untyped_storage set_ resize_ resize_as_ share_memory_ is_shared pin_memory cuda as_strided
        as_strided_ apply_ map_ map2_ to_sparse as_subclass record_stream
        """
        )
    )
    | {"nn.Module.cuda", "nn.Module.share_memory"}
)
"""Names that PyTorch has and that are not offered on any engine: asked for by name, they get an honest sentence."""
