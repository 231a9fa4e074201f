;;; pack: go
;;; language: go
;;; store: none
;;; alias github.com/pkg/errors.Wrap: fmt.Errorf
;;; alias github.com/pkg/errors.Wrapf: fmt.Errorf
;;; alias github.com/pkg/errors.WithStack: fmt.Errorf
;;; alias github.com/pkg/errors.WithMessage: fmt.Errorf
;;; alias github.com/pkg/errors.New: fmt.Errorf
;;; alias github.com/pkg/errors.Errorf: fmt.Errorf
;;; alias github.com/pkg/errors.As: errors.As
;;; alias github.com/pkg/errors.Is: errors.Is
;;; list clocks: time.Now
;;; list quiet: Print Printf Println Debug Debugf Debugw Info Infof Infow Warn Warnf Warnw Error Errorf Errorw Log Logf Fprintf Fprintln Sleep Msg Msgf Close Inc Observe Set
;;; kind go.mutex: type sync.Mutex type sync.RWMutex

((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Lock" "RLock")
  (#set! recv "go.mutex") (#set! does "take") (#set! token "process"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Unlock" "RUnlock")
  (#set! recv "go.mutex") (#set! does "release") (#set! token "process"))
